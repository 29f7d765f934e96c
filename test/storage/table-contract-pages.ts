/** The contract's cases about lists and their pages. */
import { describe, expect, it } from 'vitest';
import type { Query, Table } from '../../shared/ports.ts';
import { type Open, put, readAll, withTable } from './table-cases.ts';

export function describePages(open: Open): void {
  describe('a list by partition', () => {
    const ten = Array.from({ length: 10 }, (_, at) => put('A', `k${at}`, { at }));

    it.each<[string, Partial<Query>, string]>([
      ['everything', {}, 'k0 k1 k2 k3 k4 k5 k6 k7 k8 k9'],
      ['everything, from the end', { reverse: true }, 'k9 k8 k7 k6 k5 k4 k3 k2 k1 k0'],
      ['from, inclusive', { from: 'k7' }, 'k7 k8 k9'],
      ['to, exclusive', { to: 'k2' }, 'k0 k1'],
      ['from and to, from the end', { from: 'k3', to: 'k6', reverse: true }, 'k5 k4 k3'],
      ['a range with nothing in it', { from: 'k5', to: 'k5' }, ''],
      ['a range upside down', { from: 'k6', to: 'k3' }, ''],
      ['from the empty text', { from: '' }, 'k0 k1 k2 k3 k4 k5 k6 k7 k8 k9'],
      ['to the empty text', { to: '' }, ''],
      ['from the empty text to a key', { from: '', to: 'k1' }, 'k0'],
      ['a range between keys', { from: 'k10', to: 'k20' }, 'k2'],
      ['one at a time', { limit: 1 }, 'k0 k1 k2 k3 k4 k5 k6 k7 k8 k9'],
      ['pages that fit exactly', { limit: 5 }, 'k0 k1 k2 k3 k4 k5 k6 k7 k8 k9'],
    ])('gives %s', (_what, query, expected) =>
      withTable(open, async (table) => {
        await table.write([...ten, put('B', 'k5', {}), put('AA', 'k5', {})]);
        expect(await read(table, query)).toBe(expected);
      }),
    );

    it.each([
      ['empty', ''],
      ['longer than any can be', 'x'.repeat(2049)],
      ['no Unicode', '\ud800'],
    ])('is empty when the partition is %s', (_what, partition) =>
      withTable(open, async (table) => {
        for (const query of [{ partition }, { partition, index: 'due' as const }])
          expect(await table.query({ ...query, limit: 1 })).toEqual({ items: [] });
      }),
    );

    it('is in the order of UTF-8 bytes', () =>
      withTable(open, async (table) => {
        const inOrder = ['A', 'B', 'a', 'é', '\uffee', '👋'];
        await table.write(inOrder.toReversed().map((sk) => put('A', sk, {})));
        expect(await read(table, {})).toBe(inOrder.join(' '));
      }));

    it.each([0, -1, 1.5, 201, Number.NaN])('refuses a page of %d', (limit) =>
      withTable(open, async (table) => {
        await expect(table.query({ partition: 'A', limit })).rejects.toMatchObject({ code: 'Malformed' });
      }),
    );

    it('refuses a cursor that is not of this list, and takes one for pages of another size', () =>
      withTable(open, async (table) => {
        await table.write([...ten, put('B', 'k5', {})]);
        const { next } = await table.query({ partition: 'A', limit: 3 });
        const cursor = next as string;
        const others: Partial<Query>[] = [
          { partition: 'B' },
          { reverse: true },
          { from: 'k0' },
          { to: 'k9' },
          { index: 'due' },
        ];
        for (const other of others) {
          const query = { partition: 'A', limit: 3, cursor, ...other };
          await expect(table.query(query)).rejects.toMatchObject({ code: 'Malformed' });
        }
        for (const bad of [
          '',
          'nonsense',
          `${cursor}x`,
          cursor.slice(1),
          Buffer.from('[1,2,3,4]').toString('base64url'),
        ]) {
          await expect(table.query({ partition: 'A', limit: 3, cursor: bad })).rejects.toMatchObject({
            code: 'Malformed',
          });
        }
        expect((await table.query({ partition: 'A', limit: 200, cursor })).items).toHaveLength(7);
      }));

    it.each([false, true])(
      'of 1,000 items gives each once while others come and go (from the end: %s)',
      (reverse) =>
        withTable(open, async (table) => {
          for (let from = 0; from < 1000; from += 100) {
            await table.write(Array.from({ length: 100 }, (_, at) => put('A', key(from + at), {})));
          }
          const seen: string[] = [];
          let cursor: string | undefined;
          let round = 0;
          do {
            const page = await table.query({
              partition: 'A',
              limit: 90,
              reverse,
              ...(cursor !== undefined && { cursor }),
            });
            seen.push(...page.items.map((item) => item.sk));
            cursor = page.next;
            round += 1;
            const last = page.items.at(-1)?.sk as string;
            await table.write([
              put('A', key(0, `-${round}`), {}),
              put('A', key(999, `-${round}`), {}),
              put('A', `${last}+${round}`, {}),
            ]);
          } while (cursor !== undefined);
          const first = seen.filter((sk) => /^k\d{4}$/.test(sk));
          const all = Array.from({ length: 1000 }, (_, at) => key(at));
          expect(first).toEqual(reverse ? all.toReversed() : all);
          expect(new Set(seen).size).toBe(seen.length);
        }),
    );
  });
}

/** The sort keys that a query gives, over all its pages. */
async function read(table: Table, query: Partial<Query>): Promise<string> {
  const items = await readAll(table, { partition: 'A', limit: 3, ...query });
  return items.map((item) => item.sk).join(' ');
}

function key(at: number, tail = ''): string {
  return `k${String(at).padStart(4, '0')}${tail}`;
}
