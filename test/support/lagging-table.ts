/**
 * A table as DynamoDB is at its worst: lists by index are served from an old copy, however old the test wants it, while reads
 * by key and lists by partition are strong. Writes go to the real table, and are judged by it.
 */
import { CurfewError } from '../../shared/model/errors.ts';
import type { IndexName } from '../../shared/model/keys.ts';
import type { Item, Query, Table, Write } from '../../shared/ports.ts';

export interface LaggingTable extends Table {
  /** Everything written so far is found by index from here on. */
  catchUp(): void;
  /** Indexes stay at least that many writes behind; Infinity: they stay as they are until `catchUp`. */
  lagBehind(writes: number): void;
}

interface Change {
  id: string;
  item: Item | undefined;
}

/** `behindWrites`: how many of the last writes no index shows yet (default: all, until `catchUp`). */
export function withLaggingIndexes(
  table: Table,
  { behindWrites = Number.POSITIVE_INFINITY } = {},
): LaggingTable {
  let behind = behindWrites;
  const shown = new Map<string, Item>();
  const waiting: Change[][] = [];

  function show(leave: number): void {
    while (waiting.length > leave) {
      for (const { id, item } of waiting.shift() ?? []) {
        if (item) shown.set(id, item);
        else shown.delete(id);
      }
    }
  }

  return {
    get: (key) => table.get(key),
    query: <T>(query: Query) =>
      query.index === undefined ? table.query<T>(query) : oldPage<T>(table, shown, query, query.index),
    async write(writes) {
      await table.write(writes);
      waiting.push(changesOf(writes));
      show(behind);
    },
    catchUp: () => show(0),
    lagBehind(count) {
      behind = count;
      show(behind);
    },
  };
}

function changesOf(writes: Write[]): Change[] {
  return writes.flatMap((write): Change[] => {
    if ('check' in write) return [];
    if ('delete' in write) return [{ id: idOf(write.delete), item: undefined }];
    const version = write.expect === 'absent' ? 1 : write.expect + 1;
    return [{ id: idOf(write.put), item: structuredClone({ ...write.put, version }) }];
  });
}

function idOf({ pk, sk }: { pk: string; sk: string }): string {
  return JSON.stringify([pk, sk]);
}

/** A page of the old copy. The real table is asked as well: it refuses what every engine refuses. */
async function oldPage<T>(
  table: Table,
  shown: Map<string, Item>,
  query: Query,
  index: IndexName,
): Promise<{ items: Item<T>[]; next?: string }> {
  const { cursor, ...first } = query;
  await table.query(first);
  const from = cursor === undefined ? undefined : readCursor(query, cursor);
  const placed = [...shown.values()].flatMap((item) => {
    const place = item.index[index];
    return place?.partition === query.partition ? [{ item, place: [place.range, item.pk, item.sk] }] : [];
  });
  const sign = query.reverse ? -1 : 1;
  const found = placed
    .filter(({ place: [range] }) => within(range as string, query))
    .filter(({ place }) => from === undefined || sign * compare(place, from) > 0)
    .toSorted((a, b) => sign * compare(a.place, b.place));
  const page = found.slice(0, query.limit);
  const items = page.map(({ item }) => structuredClone(item) as Item<T>);
  const last = page.at(-1);
  return found.length > page.length && last
    ? { items, next: JSON.stringify({ list: listOf(query), place: last.place }) }
    : { items };
}

function listOf({ index, partition, from, to, reverse }: Query): string {
  return JSON.stringify([index, partition, from ?? null, to ?? null, reverse ?? false]);
}

function readCursor(query: Query, cursor: string): string[] {
  try {
    const { list, place } = JSON.parse(cursor) as { list: string; place: string[] };
    if (list === listOf(query)) return place;
  } catch {
    // Not ours: falls through to the same answer.
  }
  throw new CurfewError('Malformed', 'The cursor is not one of this list.');
}

function within(range: string, { from, to }: Query): boolean {
  return (
    (from === undefined || compare([range], [from]) >= 0) && (to === undefined || compare([range], [to]) < 0)
  );
}

function compare(a: string[], b: string[]): number {
  for (const [at, part] of a.entries()) {
    const order = Buffer.from(part).compare(Buffer.from(b[at] as string));
    if (order !== 0) return order;
  }
  return 0;
}
