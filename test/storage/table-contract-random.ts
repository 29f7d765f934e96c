/** The contract against a model: random writes on the engine and on a Map, which must agree on every outcome and on every list. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IndexEntry } from '../../shared/model/keys.ts';
import type { Item, Query, Table, Write } from '../../shared/ports.ts';
import { keyOf, type Open, readAll, withTable } from './table-cases.ts';

const pk = fc.constantFrom('A', 'B');
const sk = fc.constantFrom('1', '2', '10', 'é', '👋');
const key = fc.record({ pk, sk });
const version = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 3 }) },
  fc.constant('absent' as const),
);
const entry: fc.Arbitrary<IndexEntry> = fc.record({ partition: fc.constantFrom('D', 'E'), range: sk });
const index = fc.record({ due: entry, flow: entry }, { requiredKeys: [] });
const write: fc.Arbitrary<Write> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(key, index, fc.jsonValue(), version).map(([at, places, data, expectation]) => ({
      put: { ...at, kind: 'thing', index: places, data },
      expect: expectation,
    })),
  },
  fc
    .tuple(key, fc.integer({ min: 1, max: 3 }))
    .map(([at, expectation]) => ({ delete: at, expect: expectation })),
  fc.tuple(key, version).map(([at, expectation]) => ({ check: at, expect: expectation })),
);
const idOf = ({ pk: part, sk: sort }: { pk: string; sk: string }) => `${part}|${sort}`;
const writes = fc.uniqueArray(write, { minLength: 1, maxLength: 4, selector: (one) => idOf(keyOf(one)) });
const query = fc.record(
  { index: fc.constantFrom('due' as const, 'flow' as const), from: sk, to: sk, reverse: fc.boolean() },
  { requiredKeys: ['reverse'] },
);

type Model = Map<string, Item>;

/** False, and nothing changed, when an expectation does not hold. */
function apply(model: Model, batch: Write[]): boolean {
  if (batch.some((one) => (model.get(idOf(keyOf(one)))?.version ?? 'absent') !== one.expect)) return false;
  for (const one of batch) {
    if ('delete' in one) model.delete(idOf(one.delete));
    if ('put' in one)
      model.set(idOf(one.put), { ...one.put, version: one.expect === 'absent' ? 1 : one.expect + 1 });
  }
  return true;
}

function select(model: Model, { index: name, partition, from, to, reverse }: Omit<Query, 'limit'>): Item[] {
  const placed = [...model.values()].flatMap((item) => {
    const place = name === undefined ? { partition: item.pk, range: item.sk } : item.index[name];
    return place?.partition === partition
      ? [{ item, place: [place.range, item.pk, item.sk].map(bytes) }]
      : [];
  });
  const inRange = placed.filter(({ place: [range] }) => {
    const at = range as Buffer;
    return (
      (from === undefined || at.compare(bytes(from)) >= 0) && (to === undefined || at.compare(bytes(to)) < 0)
    );
  });
  const inOrder = inRange.toSorted((a, b) => compare(a.place, b.place)).map(({ item }) => item);
  return reverse ? inOrder.toReversed() : inOrder;
}

function bytes(text: string): Buffer {
  return Buffer.from(text);
}

function compare(a: Buffer[], b: Buffer[]): number {
  for (const [at, part] of a.entries()) {
    const order = part.compare(b[at] as Buffer);
    if (order !== 0) return order;
  }
  return 0;
}

async function agree(table: Table, model: Model, asked: Query): Promise<void> {
  const items = await readAll(table, asked);
  const expected = select(model, asked);
  // Items of one range in an index have no order that every engine keeps.
  const order = (list: Item[]) =>
    list.map((item) => (asked.index ? (item.index[asked.index]?.range ?? '') : item.sk));
  expect(order(items)).toEqual(order(expected));
  expect(sorted(items)).toEqual(sorted(expected));
}

function sorted(list: Item[]): Item[] {
  return list.toSorted((a, b) => idOf(a).localeCompare(idOf(b)));
}

export function describeRandomWrites(open: Open, { indexes }: { indexes: boolean }): void {
  describe('random writes', () => {
    it('have the outcome that they have on a plain map, and so has every list', async () => {
      const play = fc.asyncProperty(
        fc.array(writes, { maxLength: 25 }),
        fc.array(query, { maxLength: 5 }),
        (batches, queries) =>
          withTable(open, async (table) => {
            const model: Model = new Map();
            for (const batch of batches) {
              const written = await table.write(batch).then(
                () => true,
                () => false,
              );
              expect(written).toBe(apply(model, batch));
            }
            for (const partition of ['A', 'B']) await agree(table, model, { partition, limit: 3 });
            for (const one of queries.filter(({ index: name }) => indexes || name === undefined)) {
              for (const partition of one.index ? ['D', 'E'] : ['A', 'B'])
                await agree(table, model, { ...one, partition, limit: 2 });
            }
          }),
      );
      await fc.assert(play, { numRuns: 60 });
    });
  });
}
