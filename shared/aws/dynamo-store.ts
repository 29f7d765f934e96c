/** The table that every call is about, and what DynamoDB throws, as errors of the catalogue. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CurfewError } from '../model/errors.ts';
import { failureOf } from './failure.ts';

export interface Store {
  client: DynamoDBClient;
  tableName: string;
}

/**
 * `TooLarge` and `Malformed` for what the caller can mend, `Internal` for what DynamoDB would never take, `Throttled` where it
 * asks to slow down, else `Unavailable`. A write that failed in one of the last two ways may have landed all the same.
 */
export function tableFailure(error: unknown, tried: string): CurfewError {
  const { name, message } = error instanceof Error ? error : { name: '', message: '' };
  if (name === 'ResourceNotFoundException')
    return new CurfewError('Internal', `${tried}: there is no such table. Deploy it first.`, {
      cause: error,
    });
  if (name !== 'ValidationException') return failureOf(error, 'Unavailable', tried);
  if (/item size|size limit/i.test(message))
    return new CurfewError('TooLarge', `${tried}: an item holds at most 400 KB, a write 4 MB.`, {
      cause: error,
    });
  if (/starting key/i.test(message))
    return new CurfewError('Malformed', 'The cursor is not one of this list. Start again without a cursor.', {
      cause: error,
    });
  return new CurfewError('Internal', `${tried}: DynamoDB finds it invalid, a fault of Curfew's own.`, {
    cause: error,
  });
}

/** A pause with full jitter that doubles with each try, from 25 ms to 1.6 s at most. */
export function pause(tries: number): Promise<void> {
  const ms = Math.random() * Math.min(1600, 25 * 2 ** tries);
  return new Promise((resolve) => setTimeout(resolve, ms));
}
