/** The clock of a function: waits are those of one call, since a function that is not called stands still. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../ports.ts';

/** Node's timers count no further than 2^31 - 1 ms and may fire a little early: so it looks again. */
const longestTimerMs = 60_000;

export function createClock(): Clock {
  return { now: () => Date.now(), sleepUntil };
}

async function sleepUntil(ms: number, signal?: AbortSignal): Promise<void> {
  const left = ms - Date.now();
  if (signal?.aborted || left <= 0) return undefined;
  // An abort rejects, and is the end of waiting.
  const pause = Math.min(Math.ceil(left), longestTimerMs);
  await wait(pause, undefined, signal && { signal }).catch(() => undefined);
  return sleepUntil(ms, signal);
}
