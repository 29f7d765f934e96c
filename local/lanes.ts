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
  queue: Waiting[];
}

/** As many connections as the PostgreSQL connector opens. */
const lanesPerTarget = 8;
/** Less than a task of the workflow may take (90 s), its call included. */
const patienceMs = 60_000;

export function createLanes(clock: Clock, most = lanesPerTarget): Lanes {
  const targets = new Map<string, Target>();

  function leave(target: Target): void {
    const at = Math.max(
      0,
      target.queue.findIndex((waiting) => waiting.urgent),
    );
    const [next] = target.queue.splice(at, 1);
    if (next) next.go();
    else target.inside -= 1;
  }

  return {
    async enter(integrationId, urgent) {
      const target = targets.get(integrationId) ?? { inside: 0, queue: [] };
      targets.set(integrationId, target);
      if (target.inside < most) target.inside += 1;
      else await turn(clock, target, urgent);
      return () => leave(target);
    },
  };
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
