/** What the cases of the table contract have in common. */
import { expect } from 'vitest';
import type { Key } from '../../shared/model/keys.ts';
import type { Item, Query, Table, Write } from '../../shared/ports.ts';

export interface Opened {
  table: Table;
  close: () => Promise<void> | void;
}

/** Gives an empty table each time. */
export type Open = () => Promise<Opened>;

/** Opens a table for one test, and closes it however that ends. */
export async function withTable(open: Open, test: (table: Table) => Promise<void>): Promise<void> {
  const { table, close } = await open();
  try {
    await test(table);
  } finally {
    await close();
  }
}

export function put(
  pk: string,
  sk: string,
  data: unknown,
  expectation: number | 'absent' = 'absent',
  index = {},
): Write {
  return { put: { pk, sk, kind: 'thing', index, data }, expect: expectation };
}

export function keyOf(write: Write): Key {
  if ('put' in write) return write.put;
  return 'delete' in write ? write.delete : write.check;
}

/** Every item of a query, page by page. */
export async function readAll(table: Table, query: Query): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await table.query({ ...query, ...(cursor !== undefined && { cursor }) });
    expect(page.items.length).toBeLessThanOrEqual(query.limit);
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  return items;
}

export const conflict = { code: 'Conflict', details: { mayLand: false } };
