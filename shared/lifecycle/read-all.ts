/** A whole range of the table in memory: for what is small by nature, such as the configuration. */
import type { Item, Ports, Query } from '../ports.ts';

/** Every item of the range, page after page. */
export async function readAllOf<T>(
  { table }: Pick<Ports, 'table'>,
  range: Omit<Query, 'limit' | 'cursor'>,
): Promise<Item<T>[]> {
  const found: Item<T>[] = [];
  let cursor: string | undefined;
  do {
    const page = await table.query<T>({ ...range, limit: 200, ...(cursor && { cursor }) });
    found.push(...page.items);
    cursor = page.next;
  } while (cursor);
  return found;
}
