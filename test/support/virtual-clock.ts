/**
 * A clock that stands still until a test moves it. Timers fire in the order of their time, and everything they set going
 * has run before the next one fires, so a test plays 30 days in milliseconds and the same way each time.
 */
import type { Clock } from '../../shared/ports.ts';

export interface VirtualClock extends Clock {
  /** Moves time on, firing what falls due on the way. Resolves when all that came of it has run. */
  advance(seconds: number): Promise<void>;
  /** Fires timers until the predicate holds; throws when it does not within that much virtual time. */
  runUntil(predicate: () => boolean | Promise<boolean>, limit: { withinSeconds: number }): Promise<void>;
  /** Timers that wait. */
  pending(): number;
}

interface Sleeper {
  at: number;
  resolve: () => void;
}

export function createVirtualClock(startIso = '2026-11-24T12:00:00.000Z'): VirtualClock {
  const start = Date.parse(startIso);
  if (Number.isNaN(start)) throw new RangeError(`not an instant: ${startIso}`);
  let now = start;
  let activity = 0;
  /** By time, and in the order they were set. */
  const sleepers: Sleeper[] = [];

  function sleepUntil(ms: number, signal?: AbortSignal): Promise<void> {
    if (Number.isNaN(ms)) throw new RangeError('sleepUntil: the time is not a number');
    activity += 1;
    if (signal?.aborted || now >= ms) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = { at: ms, resolve: done };
      function done(): void {
        activity += 1;
        const at = sleepers.indexOf(sleeper);
        if (at >= 0) sleepers.splice(at, 1);
        signal?.removeEventListener('abort', done);
        resolve();
      }
      signal?.addEventListener('abort', done);
      sleepers.splice(placeOf(sleepers, ms), 0, sleeper);
    });
  }

  /** Goes to the next time at which a timer is due, not past `limit`, and fires all timers of that time in the order they were set. */
  async function step(limit: number): Promise<boolean> {
    const next = sleepers[0]?.at;
    if (next === undefined || next > limit) return false;
    now = Math.max(now, next);
    while (sleepers[0]?.at === next) sleepers[0]?.resolve();
    await settle(() => activity);
    return true;
  }

  async function runTo(limit: number, until: () => boolean | Promise<boolean>): Promise<boolean> {
    await settle(() => activity);
    while (!(await until())) {
      if (await step(limit)) continue;
      now = Math.max(now, limit);
      return await until();
    }
    return true;
  }

  return {
    now() {
      activity += 1;
      return now;
    },
    sleepUntil,
    async advance(seconds) {
      await runTo(now + seconds * 1000, () => false);
    },
    async runUntil(predicate, { withinSeconds }) {
      const reached = await runTo(now + withinSeconds * 1000, predicate);
      if (!reached) throw new Error(`not within ${withinSeconds} s of virtual time: ${predicate.toString()}`);
    },
    pending: () => sleepers.length,
  };
}

/** Where a timer of that time goes: behind all that are not later. */
function placeOf(sleepers: Sleeper[], at: number): number {
  let low = 0;
  let high = sleepers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sleepers[middle] as Sleeper).at <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

const { setImmediate } = globalThis;
const quietTurns = 4;
const mostTurns = 100_000;

/** Lets the event loop turn until several turns in a row saw no use of the clock and left no immediate waiting. Sockets and files it does not see. */
async function settle(activity: () => number): Promise<void> {
  let seen = activity();
  for (let quiet = 0, turns = 0; quiet < quietTurns; turns++) {
    if (turns > mostTurns)
      throw new Error('virtual time never comes to rest: something polls without waiting');
    await new Promise((resolve) => setImmediate(resolve));
    const busy = process.getActiveResourcesInfo().includes('Immediate');
    quiet = busy || activity() !== seen ? 0 : quiet + 1;
    seen = activity();
  }
}
