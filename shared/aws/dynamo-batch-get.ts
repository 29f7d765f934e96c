/** Many items by their keys, read strongly: in batches, and what a batch left out is asked for again. */
import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { CurfewError } from '../model/errors.ts';
import type { Key } from '../model/keys.ts';
import type { Item } from '../ports.ts';
import { type Attributes, itemFrom, keyAttributes } from './dynamo-item.ts';
import { pause, type Store, tableFailure } from './dynamo-store.ts';

/** DynamoDB's limit. */
const mostKeys = 100;
/** Batches in a row that bring nothing. */
const mostTries = 6;

/** The items that are there, by `idOf`. Keys may repeat. Throws `Throttled` when DynamoDB goes on leaving keys out. */
export async function getItems<T>(store: Store, keys: Key[]): Promise<Map<string, Item<T>>> {
  const apart = [...new Map(keys.map((key) => [idOf(key), keyAttributes(key)])).values()];
  const batches = Array.from({ length: Math.ceil(apart.length / mostKeys) }, (_, at) =>
    getBatch<T>(store, apart.slice(at * mostKeys, (at + 1) * mostKeys)),
  );
  const items = (await Promise.all(batches)).flat();
  return new Map(items.map((item) => [idOf(item), item]));
}

export function idOf({ pk, sk }: Key): string {
  return JSON.stringify([pk, sk]);
}

async function getBatch<T>({ client, tableName }: Store, keys: Attributes[]): Promise<Item<T>[]> {
  const found: Item<T>[] = [];
  let left = keys;
  for (let tries = 1; tries <= mostTries; tries++) {
    const RequestItems = { [tableName]: { Keys: left, ConsistentRead: true } };
    const answer = await client.send(new BatchGetItemCommand({ RequestItems })).catch((error: unknown) => {
      throw tableFailure(error, 'The table cannot be read');
    });
    const items = answer.Responses?.[tableName] ?? [];
    found.push(...items.map((item) => itemFrom<T>(item)));
    left = answer.UnprocessedKeys?.[tableName]?.Keys ?? [];
    if (left.length === 0) return found;
    // A batch also ends at 16 MB: the rest of such a one is no sign of haste.
    if (items.length > 0) tries = 0;
    else await pause(tries);
  }
  throw new CurfewError('Throttled', 'The table cannot be read: AWS asks us to slow down.');
}
