/** The clock of a function: never early, and an abort ends a wait at once. */
import { expect, it } from 'vitest';
import { createClock } from '../../shared/aws/clock.ts';

const clock = createClock();

it('wakes at the time or after it, and at once for one that has passed', async () => {
  for (const ms of [-5, 0, 1, 7, 30]) {
    const at = clock.now() + ms;
    await clock.sleepUntil(at);
    expect(clock.now()).toBeGreaterThanOrEqual(at);
  }
});

it('wakes at once when it is told to, before or while it waits', async () => {
  const begun = clock.now();
  const told = new AbortController();
  const waiting = clock.sleepUntil(begun + 30 * 86_400_000, told.signal);
  setTimeout(() => told.abort(), 20);
  await waiting;
  await clock.sleepUntil(begun + 60_000, told.signal);
  expect(clock.now() - begun).toBeLessThan(5_000);
});
