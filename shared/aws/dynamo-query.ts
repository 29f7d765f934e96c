/**
 * A page of a `Table` query. By partition DynamoDB gives the items themselves, strongly; by index it gives keys that may lag,
 * so each item is read by its key, and left out when it is gone or has moved (docs/adr/0008-keys-only-indexes.md).
 */
import { QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { IndexName } from '../model/keys.ts';
import type { Item, Query } from '../ports.ts';
import { type Place, startOf, writeCursor } from '../storage/page-cursor.ts';
import { isKey } from '../storage/prepare-writes.ts';
import { getItems, idOf } from './dynamo-batch-get.ts';
import { type Attributes, itemFrom, keyAttributes, keyFrom, placeAttributes } from './dynamo-item.ts';
import { attributesOf, tableKeys } from './dynamo-schema.ts';
import { type Store, tableFailure } from './dynamo-store.ts';

/** Reads on until one item more than the page holds is found, which tells whether there is a next page. Throws what `startOf` throws. */
export async function queryItems<T>(
  store: Store,
  query: Query,
): Promise<{ items: Item<T>[]; next?: string }> {
  const place = startOf(query);
  let after = place && startKey(query, place);
  if (isNowhere(query)) return { items: [] };
  const found: Item<T>[] = [];
  do {
    const input = inputOf(store, query, after, query.limit + 1 - found.length);
    const answer = await store.client.send(new QueryCommand(input)).catch((error: unknown) => {
      throw tableFailure(error, 'The table cannot be read');
    });
    found.push(...(await itemsOf<T>(store, query, answer.Items ?? [])));
    after = answer.LastEvaluatedKey;
  } while (after && found.length <= query.limit);
  const items = found.slice(0, query.limit);
  const last = items.at(-1);
  return last && found.length > items.length
    ? { items, next: writeCursor(query, { pk: last.pk, sk: last.sk, range: rangeOf(last, query.index) }) }
    : { items };
}

function startKey({ index, partition }: Query, { range, ...key }: Place): Attributes {
  return { ...keyAttributes(key), ...(index && placeAttributes(index, { partition, range })) };
}

/** What DynamoDB calls invalid, and is only empty. */
function isNowhere({ partition, from, to }: Query): boolean {
  if (!isKey(partition, '-') || to === '') return true;
  return from !== undefined && to !== undefined && Buffer.compare(Buffer.from(from), Buffer.from(to)) >= 0;
}

function inputOf(
  { tableName }: Store,
  query: Query,
  after: Attributes | undefined,
  limit: number,
): QueryCommandInput {
  const { index, partition, from, to, reverse = false } = query;
  const names = index ? attributesOf(index) : tableKeys;
  const range = rangeCondition(from, to);
  return {
    TableName: tableName,
    ...(index ? { IndexName: index } : { ConsistentRead: true }),
    KeyConditionExpression: `#partition = :partition${range && ` AND ${range}`}`,
    ExpressionAttributeNames: { '#partition': names.partition, ...(range && { '#range': names.sort }) },
    ExpressionAttributeValues: {
      ':partition': { S: partition },
      ...(from && { ':from': { S: from } }),
      ...(to && { ':to': { S: to } }),
    },
    ScanIndexForward: !reverse,
    Limit: limit,
    ExclusiveStartKey: after,
  };
}

/** DynamoDB takes one condition on a range, and `BETWEEN` includes both ends: what stands at `to` is left out afterwards. */
function rangeCondition(from: string | undefined, to: string | undefined): string {
  if (from && to) return '#range BETWEEN :from AND :to';
  if (from) return '#range >= :from';
  return to ? '#range < :to' : '';
}

async function itemsOf<T>(store: Store, { index, partition, to }: Query, answer: Attributes[]) {
  if (index === undefined) return answer.map((one) => itemFrom<T>(one)).filter(({ sk }) => sk !== to);
  const items = await getItems<T>(store, answer.map(keyFrom));
  return answer.flatMap((entry) => {
    const item = items.get(idOf(keyFrom(entry)));
    const place = item?.index[index];
    const stands = place?.partition === partition && place.range === entry[attributesOf(index).sort]?.S;
    return item && stands && place.range !== to ? [item] : [];
  });
}

function rangeOf(item: Item, index: IndexName | undefined): string {
  return index === undefined ? item.sk : (item.index[index]?.range ?? '');
}
