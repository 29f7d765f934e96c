/** The real clock: waits of any length on Node's timers, which count no further than 2^31 - 1 ms and may fire a little early. */
import type { Clock } from '../shared/ports.ts';

/**
 * One timer runs no longer than this. Far below Node's limit on purpose: timers count on a clock that stands still while
 * a laptop sleeps and ignores a corrected wall clock, so a long wait looks at the time again every minute.
 */
const longestTimerMs = 60_000;

/**
 * A clock on the machine's time. Waits of up to a minute keep the process alive, since somebody is about to go on; longer
 * ones do not (a server lives by its sockets, and must not hang for 30 days on a wait nobody ended).
 * Throws RangeError for a time that is not a number.
 */
export function createClock(): Clock {
  return { now: () => Date.now(), sleepUntil };
}

function sleepUntil(ms: number, signal?: AbortSignal): Promise<void> {
  if (Number.isNaN(ms)) throw new RangeError('sleepUntil: the time is not a number');
  if (signal?.aborted || Date.now() >= ms) return Promise.resolve();
  const keepAlive = ms - Date.now() <= longestTimerMs;
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout;
    function wait(): void {
      timer = setTimeout(look, Math.min(Math.ceil(ms - Date.now()), longestTimerMs));
      if (!keepAlive) timer.unref();
    }
    function look(): void {
      if (Date.now() >= ms) done();
      else wait();
    }
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done);
    wait();
  });
}
