/**
 * How many calls run against one target at once, in this process. What waits here holds no lease and no connection, so a
 * burst of requests cannot use up the time of its own calls; what ends access goes before what begins it.
 */
import { CurfewError } from '../shared/model/errors.ts';
import type { Clock, Lanes } from '../shared/ports.ts';

interface Waiting {
  urgent: boolean;
  go: () => void;
}

interface Target {
  inside: number;
  /** Of those, how many begin access. */
  beginning: number;
  queue: Waiting[];
}

/** As many connections as the PostgreSQL connector opens. */
const lanesPerTarget = 8;
/** Never taken by what begins access, however much of it there is. */
const keptForEndings = 2;
/** Less than a task of the workflow may take (90 s), its call included. */
const patienceMs = 60_000;

export function createLanes(clock: Clock, most = lanesPerTarget): Lanes {
  const targets = new Map<string, Target>();

  return {
    async enter(integrationId, urgent) {
      const target = targets.get(integrationId) ?? { inside: 0, beginning: 0, queue: [] };
      targets.set(integrationId, target);
      if (mayEnter(target, urgent, most)) count(target, urgent, 1);
      else await turn(clock, target, urgent);
      return () => {
        count(target, urgent, -1);
        letIn(target, most);
      };
    },
  };
}

function mayEnter({ inside, beginning }: Target, urgent: boolean, most: number): boolean {
  return inside < most && (urgent || beginning < most - keptForEndings);
}

function count(target: Target, urgent: boolean, change: 1 | -1): void {
  target.inside += change;
  if (!urgent) target.beginning += change;
}

/** Hands the place that came free to who waits longest, endings first. */
function letIn(target: Target, most: number): void {
  const urgent = target.queue.findIndex((waiting) => waiting.urgent);
  const at = urgent >= 0 ? urgent : 0;
  const next = target.queue[at];
  if (!next || !mayEnter(target, next.urgent, most)) return;
  target.queue.splice(at, 1);
  count(target, next.urgent, 1);
  next.go();
}

/** Resolves when a place was handed over. Throws `Throttled` after a minute: the workflow comes again. */
async function turn(clock: Clock, target: Target, urgent: boolean): Promise<void> {
  const handed = new AbortController();
  const waiting: Waiting = { urgent, go: () => handed.abort() };
  target.queue.push(waiting);
  await clock.sleepUntil(clock.now() + patienceMs, handed.signal);
  if (handed.signal.aborted) return;
  target.queue.splice(target.queue.indexOf(waiting), 1);
  throw new CurfewError('Throttled', 'Too many calls wait for this target just now.', { mayLand: false });
}
