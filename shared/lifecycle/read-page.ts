/**
 * One page of a list that is gathered from several indexes. Index entries may be stale, so each is read again by its key,
 * and only what is kept then is shown. Work per page is bounded: a page may be short, or empty, and still have a `next`.
 */
import type { Item, Ports, Query } from '../ports.ts';
import { type Position, readCursor, writeCursor } from './cursor.ts';

/** An index partition, and what its entries stand for. Ranges are unique within a partition. */
export interface Source<T> {
  query: Pick<Query, 'index' | 'partition' | 'from' | 'to' | 'reverse'>;
  /** What an entry stands for, read strongly. */
  read(item: Item): Promise<T[]>;
}

export interface Paging {
  limit?: number | undefined;
  cursor?: string | undefined;
}

export interface Page<T> {
  items: T[];
  next?: string;
}

export const usualItems = 50;

/** The most entries and queries that one page costs. A query beyond an index's end counts too. */
const mostEntries = 500;
const mostQueries = 60;

/** `list` names the list, its caller and filter: a cursor works for that alone. `keep` filters and authorises. */
export async function readPage<T>(
  ports: Pick<Ports, 'table'>,
  sources: Source<T>[],
  { list, paging, keep }: { list: unknown; paging: Paging; keep: (found: T) => boolean | Promise<boolean> },
): Promise<Page<T>> {
  const walk: Walk<T> = {
    keep,
    limit: paging.limit ?? usualItems,
    items: [],
    position: readCursor(list, paging.cursor),
    entriesLeft: mostEntries,
  };
  for (let queries = 0; queries < mostQueries; queries++) {
    const source = sources[walk.position.source];
    if (!source) return { items: walk.items };
    if (isOver(walk)) break;
    const { entries, last } = await nextEntries(ports, source, walk);
    const whole = await take(source, entries, walk);
    if (whole && last) walk.position = { source: walk.position.source + 1, skip: 0 };
  }
  return { items: walk.items, next: writeCursor(list, walk.position) };
}

/** A page of what is whole in memory, such as the configuration. */
export function pageOfList<T>(all: T[], list: unknown, { limit = usualItems, cursor }: Paging): Page<T> {
  const { skip } = readCursor(list, cursor);
  const items = all.slice(skip, skip + limit);
  const end = skip + items.length;
  return end < all.length ? { items, next: writeCursor(list, { source: 0, skip: end }) } : { items };
}

interface Walk<T> {
  readonly keep: (found: T) => boolean | Promise<boolean>;
  readonly limit: number;
  readonly items: T[];
  position: Position;
  entriesLeft: number;
}

interface Entry {
  item: Item;
  range: string;
}

function isOver(walk: { items: unknown[]; limit: number; entriesLeft: number }): boolean {
  return walk.items.length >= walk.limit || walk.entriesLeft <= 0;
}

async function nextEntries<T>(
  ports: Pick<Ports, 'table'>,
  { query }: Source<T>,
  walk: Walk<T>,
): Promise<{ entries: Entry[]; last: boolean }> {
  const { after } = walk.position;
  const page = await ports.table.query({
    ...query,
    ...beyond(query, after),
    limit: Math.min(walk.entriesLeft, 100),
  });
  const entries = page.items.map((item) => ({ item, range: rangeOf(item, query.index) }));
  return { entries, last: page.next === undefined };
}

/** `!` is the smallest character that a range could go on with, so nothing lies between. */
function beyond(query: Source<unknown>['query'], after: string | undefined): Pick<Query, 'from' | 'to'> {
  if (after === undefined) return {};
  return query.reverse ? { to: after } : { from: `${after}!` };
}

function rangeOf(item: Item, index: Query['index']): string {
  return index === undefined ? item.sk : (item.index[index]?.range ?? '');
}

/** Takes what the entries stand for until the page is full. False when entries are left over. */
async function take<T>(source: Source<T>, entries: Entry[], walk: Walk<T>): Promise<boolean> {
  for (const { item, range } of entries) {
    if (isOver(walk)) return false;
    walk.entriesLeft--;
    const found = await source.read(item);
    for (const [n, one] of found.entries()) {
      if (n < walk.position.skip) continue;
      if (walk.items.length >= walk.limit) {
        walk.position = { ...walk.position, skip: n };
        return false;
      }
      if (await walk.keep(one)) walk.items.push(one);
    }
    walk.position = { source: walk.position.source, after: range, skip: 0 };
  }
  return true;
}
