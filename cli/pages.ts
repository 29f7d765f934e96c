/** Reads a list page by page until there is enough of it. */
import type { Client, Input } from './client.ts';
import type { Route } from '../shared/api/route.ts';

export interface List<Item> {
  items: Item[];
  /** There is more: the cursor of what comes next. */
  next?: string | undefined;
}

/** The most that one page holds. */
const pageSize = 200;

/** At most `most` items, from `cursor` on. A page may be short or empty and still have a next one. */
export async function readList<Item>(
  client: Client,
  route: Route,
  query: Record<string, string | undefined>,
  { most, cursor }: { most: number; cursor?: string | undefined },
): Promise<List<Item>> {
  const items: Item[] = [];
  let next = cursor;
  do {
    const limit = String(Math.min(pageSize, most - items.length));
    const input = { query: { ...query, limit, cursor: next } } as unknown as Input<Route>;
    const { body } = (await client.call(route, input)) as { body: List<Item> };
    items.push(...body.items);
    next = body.next;
  } while (next !== undefined && items.length < most);
  return { items, ...(next !== undefined && { next }) };
}
