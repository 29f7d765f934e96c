/** The entry of a function that nobody waits for: queues, streams, the bus. What fails is handed back to its source, one by one. */
import type { Context } from 'aws-lambda';
import { entry, type Entry } from './entry.ts';

/** Lambda's answer for a batch: what is named comes again, the rest is done. */
export interface BatchAnswer {
  batchItemFailures: { itemIdentifier: string }[];
}

export function eventHandler<E, R>(run: (event: E, context: Context) => Promise<R>): Entry<E, R> {
  return entry(run);
}

/** The answer that hands these back. */
export function failedItems(ids: string[]): BatchAnswer {
  return { batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) };
}
