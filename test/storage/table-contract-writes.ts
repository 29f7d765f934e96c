/** The contract's cases about writes of several items: all or nothing, what is refused, and who wins. */
import { describe, expect, it } from 'vitest';
import type { Item, Table, Write } from '../../shared/ports.ts';
import { conflict, type Open, put, readAll, withTable } from './table-cases.ts';

export function describeWrites(open: Open): void {
  describeRefusals(open);
  describeRivals(open);
}

function describeRefusals(open: Open): void {
  describe('a write', () => {
    it.each<[string, Write]>([
      ['a put of what is there already', put('A', '1', {})],
      ['a put over another version', put('A', '1', {}, 2)],
      ['a put over what is not there', put('A', '9', {}, 1)],
      ['a delete of another version', { delete: { pk: 'A', sk: '1' }, expect: 2 }],
      ['a delete of what is not there', { delete: { pk: 'A', sk: '9' }, expect: 1 }],
      ['a check of another version', { check: { pk: 'A', sk: '1' }, expect: 2 }],
      ['a check of what is not there', { check: { pk: 'A', sk: '9' }, expect: 1 }],
      ['a check that something is absent which is there', { check: { pk: 'A', sk: '1' }, expect: 'absent' }],
    ])('with %s is refused whole, wherever it stands in it', (_what, faulty) =>
      withTable(open, async (table) => {
        await table.write([put('A', '1', { kept: true }), put('A', '2', { kept: true })]);
        const good = [put('A', '3', {}), put('A', '2', { kept: false }, 1)];
        for (const writes of [
          [faulty, ...good],
          [...good, faulty],
        ]) {
          await expect(table.write(writes)).rejects.toMatchObject(conflict);
        }
        const left = await readAll(table, { partition: 'A', limit: 10 });
        expect(left.map(({ sk, version, data }) => [sk, version, data])).toEqual([
          ['1', 1, { kept: true }],
          ['2', 1, { kept: true }],
        ]);
      }),
    );

    it('with checks that hold writes the rest and changes nothing of what it checked', () =>
      withTable(open, async (table) => {
        await table.write([put('A', '1', {})]);
        await table.write([
          { check: { pk: 'A', sk: '1' }, expect: 1 },
          { check: { pk: 'A', sk: '2' }, expect: 'absent' },
          put('A', '3', {}),
        ]);
        const left = await readAll(table, { partition: 'A', limit: 10 });
        expect(left.map(({ sk, version }) => [sk, version])).toEqual([
          ['1', 1],
          ['3', 1],
        ]);
      }));

    it('holds 100 items, and not one more, and not none', () =>
      withTable(open, async (table) => {
        await expect(table.write(many(101))).rejects.toMatchObject({ code: 'Internal' });
        await expect(table.write([])).rejects.toMatchObject({ code: 'Internal' });
        expect((await table.query({ partition: 'A', limit: 1 })).items).toEqual([]);
        await table.write(many(100));
        expect(await readAll(table, { partition: 'A', limit: 50 })).toHaveLength(100);
      }));

    it.each<[string, Write[]]>([
      ['a key twice', [put('A', '1', {}), { check: { pk: 'A', sk: '1' }, expect: 'absent' }]],
      ['an empty key', [put('A', '', {})]],
      ['an empty place in an index', [put('A', '1', {}, 'absent', { due: { partition: 'D', range: '' } })]],
      ['a key that is too long', [put('A', 'x'.repeat(1025), {})]],
      ['a key that is no Unicode', [put('A', '\ud800', {})]],
      ['no data', [put('A', '1', undefined)]],
      ['no version', [put('A', '1', {}, 0)]],
    ])('with %s is refused', (_what, writes) =>
      withTable(open, async (table) => {
        await expect(table.write(writes)).rejects.toMatchObject({ code: 'Internal' });
      }),
    );

    it('takes an item of nearly 400 KB, and refuses a larger one', () =>
      withTable(open, async (table) => {
        const large = 'x'.repeat(399 * 1024);
        await table.write([put('A', '1', { large })]);
        expect((await table.get({ pk: 'A', sk: '1' }))?.data).toEqual({ large });
        await expect(
          table.write([put('A', '2', { large: `${large}${'é'.repeat(512)}` })]),
        ).rejects.toMatchObject({
          code: 'TooLarge',
        });
      }));

    it('of more than 4 MB in all is refused', () =>
      withTable(open, async (table) => {
        const writes = Array.from({ length: 11 }, (_, at) =>
          put('A', `${at}`, { large: 'x'.repeat(390 * 1024) }),
        );
        await expect(table.write(writes)).rejects.toMatchObject({ code: 'TooLarge' });
      }));
  });
}

function describeRivals(open: Open): void {
  describe('rivals', () => {
    it('twenty for one version: one wins, the others meet Conflict and leave nothing', () =>
      withTable(open, async (table) => {
        await table.write([put('A', 'one', { by: -1 })]);
        const rivals = Array.from({ length: 20 }, (_, by) =>
          table.write([put('A', 'one', { by }, 1), put('A', `rival-${by}`, { by })]),
        );
        const outcomes = await Promise.allSettled(rivals);
        const winners = outcomes.flatMap((outcome, by) => (outcome.status === 'fulfilled' ? [by] : []));
        expect(winners).toHaveLength(1);
        for (const outcome of outcomes)
          if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(conflict);
        const left = await readAll(table, { partition: 'A', limit: 10 });
        expect(left.map(({ sk, data }) => [sk, data])).toEqual([
          ['one', { by: winners[0] }],
          [`rival-${winners[0]}`, { by: winners[0] }],
        ]);
      }));

    it('twenty that read and try again all count', () =>
      withTable(open, async (table) => {
        await table.write([put('A', 'count', { n: 0 })]);
        await Promise.all(Array.from({ length: 20 }, () => countUp(table)));
        expect(await table.get({ pk: 'A', sk: 'count' })).toMatchObject({ version: 21, data: { n: 20 } });
      }));
  });
}

function many(count: number): Write[] {
  return Array.from({ length: count }, (_, at) => put('A', `${at}`, {}));
}

async function countUp(table: Table): Promise<void> {
  for (;;) {
    const item = (await table.get<{ n: number }>({ pk: 'A', sk: 'count' })) as Item<{ n: number }>;
    try {
      await table.write([put('A', 'count', { n: item.data.n + 1 }, item.version)]);
      return;
    } catch (error) {
      expect(error).toMatchObject(conflict);
    }
  }
}
