/** Retry and Catch: which errors they mean, and how long a retry waits. */
import type { Retrier } from './machine.ts';

/** How often each retrier of the state was used since the state was entered. They count each for itself. */
export type Tries = Map<Retrier, number>;

/** `States.TaskFailed` means every error of a task but its time-out. */
export function matches(errorEquals: string[], error: string): boolean {
  return errorEquals.some((name) => {
    if (name === 'States.ALL') return true;
    return name === 'States.TaskFailed' ? error !== 'States.Timeout' : name === error;
  });
}

/** AWS allows no longer MaxDelaySeconds: a backoff without one must not outgrow it either. */
const longestDelaySeconds = 31_622_399;

/**
 * Milliseconds until the next try, or undefined when there is none. The first retrier that matches decides: once it is
 * used up, no later one is asked. `random` is from [0, 1).
 */
export function retryDelayMs(
  retriers: Retrier[],
  error: string,
  tries: Tries,
  random: () => number,
): number | undefined {
  const retrier = retriers.find((candidate) => matches(candidate.ErrorEquals, error));
  if (!retrier) return undefined;
  const used = tries.get(retrier) ?? 0;
  if (used >= retrier.MaxAttempts) return undefined;
  tries.set(retrier, used + 1);
  const seconds = retrier.IntervalSeconds * retrier.BackoffRate ** used;
  const most = Math.min(seconds, retrier.MaxDelaySeconds ?? longestDelaySeconds) * 1000;
  return retrier.JitterStrategy === 'FULL' ? random() * most : most;
}
