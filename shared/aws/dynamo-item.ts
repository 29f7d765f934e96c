/** Items as DynamoDB holds them, and back: text in attributes, `data` as the very JSON that was written (dynamo-schema.ts). */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { CurfewError } from '../model/errors.ts';
import { type IndexName, indexNames, type Key } from '../model/keys.ts';
import type { Item } from '../ports.ts';
import { attributesOf, tableKeys } from './dynamo-schema.ts';

export type Attributes = Record<string, AttributeValue>;

export function keyAttributes({ pk, sk }: Key): Attributes {
  return { [tableKeys.partition]: { S: pk }, [tableKeys.sort]: { S: sk } };
}

/** `data` is the item's JSON text. */
export function itemAttributes(item: Omit<Item, 'data'> & { data: string }): Attributes {
  const attributes: Attributes = {
    ...keyAttributes(item),
    version: { N: String(item.version) },
    kind: { S: item.kind },
    data: { S: item.data },
  };
  for (const name of indexNames)
    if (item.index[name]) Object.assign(attributes, placeAttributes(name, item.index[name]));
  return attributes;
}

/** Where an item stands in an index. */
export function placeAttributes(name: IndexName, place: { partition: string; range: string }): Attributes {
  const { partition, sort } = attributesOf(name);
  return { [partition]: { S: place.partition }, [sort]: { S: place.range } };
}

export function keyFrom(attributes: Attributes): Key {
  return { pk: text(attributes, tableKeys.partition), sk: text(attributes, tableKeys.sort) };
}

/** Throws `Internal` for an item that none of ours wrote. */
export function itemFrom<T>(attributes: Attributes): Item<T> {
  const index: Item['index'] = {};
  for (const name of indexNames) {
    const { partition, sort } = attributesOf(name);
    if (attributes[partition] && attributes[sort])
      index[name] = { partition: text(attributes, partition), range: text(attributes, sort) };
  }
  return {
    ...keyFrom(attributes),
    version: Number(attributes['version']?.N),
    kind: text(attributes, 'kind'),
    index,
    data: JSON.parse(text(attributes, 'data')) as T,
  };
}

function text(attributes: Attributes, name: string): string {
  const value = attributes[name]?.S;
  if (value !== undefined) return value;
  const key = JSON.stringify([attributes['pk']?.S, attributes['sk']?.S]);
  throw new CurfewError('Internal', `The item ${key} of the table has no ${name}: Curfew did not write it.`);
}
