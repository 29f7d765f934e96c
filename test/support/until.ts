/** Waiting for something to come about, up to a deadline. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again until it is true; throws when it is not within that many seconds. */
export async function until(
  predicate: () => Promise<boolean> | boolean,
  withinSeconds: number,
  everyMs = 25,
): Promise<void> {
  const last = Date.now() + withinSeconds * 1000;
  while (!(await predicate())) {
    if (Date.now() > last) throw new Error(`not within ${withinSeconds} s: ${predicate.toString()}`);
    await sleep(everyMs);
  }
}
