/** The `Table` port on DynamoDB. How items lie there: dynamo-schema.ts, docs/data.md. */
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Key } from '../model/keys.ts';
import type { Item, Query, Table, Write } from '../ports.ts';
import { isKey } from '../storage/prepare-writes.ts';
import { clientOptions } from './client-options.ts';
import { itemFrom, keyAttributes } from './dynamo-item.ts';
import { queryItems } from './dynamo-query.ts';
import { type Store, tableFailure } from './dynamo-store.ts';
import { writeItems } from './dynamo-write.ts';

export interface DynamoTableOptions {
  tableName: string;
  client?: DynamoDBClient;
}

/** Connects to nothing yet. */
export function createDynamoTable({
  tableName,
  client = new DynamoDBClient(clientOptions),
}: DynamoTableOptions): Table {
  const store: Store = { client, tableName };
  return {
    get: <T>(key: Key) => getItem<T>(store, key),
    query: <T>(query: Query) => queryItems<T>(store, query),
    write: (writes: Write[]) => writeItems(store, writes),
  };
}

/** Read strongly. What can be no key, DynamoDB would call invalid; here it is only a key that nothing has. */
async function getItem<T>({ client, tableName }: Store, key: Key): Promise<Item<T> | undefined> {
  if (!isKey(key.pk, key.sk)) return undefined;
  const command = new GetItemCommand({ TableName: tableName, Key: keyAttributes(key), ConsistentRead: true });
  const { Item } = await client.send(command).catch((error: unknown) => {
    throw tableFailure(error, 'The table cannot be read');
  });
  return Item && itemFrom<T>(Item);
}
