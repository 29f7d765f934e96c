/** The Ids port: ULIDs in lower case, which sort by the time they were made and never go back within a process. */
import { monotonicFactory } from 'ulid';
import type { Clock, Ids } from '../ports.ts';

export function createIds(clock: Pick<Clock, 'now'>): Ids {
  const next = monotonicFactory();
  return { next: () => next(clock.now()).toLowerCase() };
}
