/** The contract's cases about indexes. An engine whose indexes lag passes them once they have caught up. */
import { describe, expect, it } from 'vitest';
import { indexNames } from '../../shared/model/keys.ts';
import type { Table } from '../../shared/ports.ts';
import { type Open, put, readAll, withTable } from './table-cases.ts';

const due = (range: string, partition = 'D') => ({ due: { partition, range } });

async function found(table: Table, partition: string, more: object = {}): Promise<string[]> {
  const items = await readAll(table, { index: 'due', partition, limit: 2, ...more });
  return items.map((item) => item.sk);
}

export function describeIndexes(open: Open): void {
  describe('an index', () => {
    it('finds items by their place in it, in the order of its ranges, over all partitions of keys', () =>
      withTable(open, async (table) => {
        const places = ['30', '10', '20'];
        await table.write(places.map((range, at) => put(`P${at}`, `s${range}`, {}, 'absent', due(range))));
        await table.write([put('P9', 'elsewhere', {}, 'absent', due('15', 'E')), put('P9', 'nowhere', {})]);
        expect(await found(table, 'D')).toEqual(['s10', 's20', 's30']);
        expect(await found(table, 'D', { reverse: true })).toEqual(['s30', 's20', 's10']);
        expect(await found(table, 'D', { from: '10', to: '30' })).toEqual(['s10', 's20']);
        expect(await found(table, 'D', { from: '11', reverse: true })).toEqual(['s30', 's20']);
      }));

    it.each([false, true])(
      'gives none of many that stand at the end of a range (from the end: %s)',
      (reverse) =>
        withTable(open, async (table) => {
          const ranges = ['1', '2', '3', '3', '3', '3'];
          await table.write(ranges.map((range, at) => put('P', `s${at}`, {}, 'absent', due(range))));
          const last = await found(table, 'D', { from: '1', to: '3', limit: 1, reverse });
          expect(last).toEqual(reverse ? ['s1', 's0'] : ['s0', 's1']);
          expect(await found(table, 'D', { from: '3', to: '3', reverse })).toEqual([]);
        }),
    );

    it('gives whole items', () =>
      withTable(open, async (table) => {
        await table.write([put('P', 's', { whole: true }, 'absent', due('1'))]);
        const { items } = await table.query({ index: 'due', partition: 'D', limit: 1 });
        expect(items).toEqual([
          { pk: 'P', sk: 's', version: 1, kind: 'thing', index: due('1'), data: { whole: true } },
        ]);
      }));

    it('forgets the place an item had, when it is moved, taken out or deleted', () =>
      withTable(open, async (table) => {
        const stays = due('1');
        await table.write(['a', 'b', 'c', 'd'].map((sk) => put('P', sk, {}, 'absent', stays)));
        await table.write([
          put('P', 'a', {}, 1, due('2', 'E')),
          put('P', 'b', {}, 1),
          { delete: { pk: 'P', sk: 'c' }, expect: 1 },
          put('P', 'd', {}, 1, stays),
        ]);
        expect(await found(table, 'D')).toEqual(['d']);
        expect(await found(table, 'E')).toEqual(['a']);
      }));

    it('keeps each of its names apart', () =>
      withTable(open, async (table) => {
        await table.write(
          indexNames.map((name) => put('P', name, {}, 'absent', { [name]: { partition: 'D', range: '1' } })),
        );
        for (const index of indexNames) {
          const { items } = await table.query({ index, partition: 'D', limit: 10 });
          expect(items.map((item) => item.sk)).toEqual([index]);
        }
      }));

    it('finds one item in several indexes', () =>
      withTable(open, async (table) => {
        const entry = { partition: 'D', range: '1' };
        await table.write([put('P', 's', {}, 'absent', { due: entry, flow: entry })]);
        for (const index of ['due', 'flow'] as const) {
          expect((await table.query({ index, partition: 'D', limit: 10 })).items).toHaveLength(1);
        }
      }));

    it.each([false, true])('pages through many items of one range, each once (from the end: %s)', (reverse) =>
      withTable(open, async (table) => {
        const ids = Array.from({ length: 25 }, (_, at) => `s${at}`);
        await table.write(ids.map((sk, at) => put(`P${at % 3}`, sk, {}, 'absent', due('same'))));
        expect((await found(table, 'D', { reverse })).toSorted()).toEqual(ids.toSorted());
      }),
    );

    it('is as it was when a write is refused', () =>
      withTable(open, async (table) => {
        await table.write([put('P', 'a', {}, 'absent', due('1'))]);
        const refused = table.write([put('P', 'a', {}, 1, due('2', 'E')), put('P', 'b', {}, 7, due('3'))]);
        await expect(refused).rejects.toMatchObject({ code: 'Conflict' });
        expect([await found(table, 'D'), await found(table, 'E')]).toEqual([['a'], []]);
      }));
  });
}
