/** When to try again. Retries never run out; they slow down to one in 15 minutes. */
import { type Instant, toInstant, toMs } from '../model/time.ts';

/** Between two tries, at the most. */
export const slowestSeconds = 900;

/** After a failed call that the workflow itself retries: later than its longest pause (60 s), so that nobody else interferes. */
export function afterWorkflow(nowMs: number): Instant {
  return toInstant(nowMs + 75_000);
}

/** After the n-th failed revoke (n from 1) of a grant that is `revoke_failed`: 15 s, 30 s, 60 s ... 15 min. */
export function slowing(attempts: number, nowMs: number): Instant {
  const seconds = Math.min(slowestSeconds, 15 * 2 ** Math.min(10, Math.max(0, attempts - 1)));
  return toInstant(nowMs + seconds * 1000);
}

/** When the target itself ends it, where it can: 60 s after our own last moment. A backstop, never early. */
export function targetEnd(...ends: Instant[]): Date {
  return new Date(Math.max(...ends.map(toMs)) + 60_000);
}
