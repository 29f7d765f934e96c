/** The contract's cases about single items. */
import { describe, expect, it } from 'vitest';
import { type Open, put, withTable } from './table-cases.ts';

export function describeItems(open: Open): void {
  describe('items', () => {
    it('are read as they were written, at version 1', () =>
      withTable(open, async (table) => {
        const data = {
          text: 'é 👋 "\\',
          list: [1, null, { a: false }],
          empty: {},
          zero: 0,
          big: 2 ** 40,
          broken: '\ud800',
        };
        await table.write([put('A', '1', data)]);
        const expected = { pk: 'A', sk: '1', version: 1, kind: 'thing', index: {}, data };
        expect(await table.get({ pk: 'A', sk: '1' })).toEqual(expected);
        expect(await table.query({ partition: 'A', limit: 10 })).toEqual({ items: [expected] });
      }));

    it('that are not there are undefined', () =>
      withTable(open, async (table) => {
        await table.write([put('A', '1', {})]);
        expect(await table.get({ pk: 'A', sk: '2' })).toBeUndefined();
        expect(await table.get({ pk: 'a', sk: '1' })).toBeUndefined();
        expect((await table.query({ partition: 'B', limit: 10 })).items).toEqual([]);
      }));

    it.each([
      ['an empty key', { pk: 'A', sk: '' }],
      ['an empty partition', { pk: '', sk: '1' }],
      ['a key longer than any can be', { pk: 'A', sk: 'x'.repeat(1025) }],
      ['a key that is no Unicode', { pk: 'A', sk: '\ud800' }],
    ])('under %s are not there', (_what, key) =>
      withTable(open, async (table) => {
        await table.write([put('A', '1', {})]);
        expect(await table.get(key)).toBeUndefined();
      }),
    );

    it('are replaced at the version that was expected, and get the next one', () =>
      withTable(open, async (table) => {
        await table.write([put('A', '1', { old: true })]);
        await table.write([put('A', '1', { fresh: true }, 1)]);
        expect(await table.get({ pk: 'A', sk: '1' })).toMatchObject({ version: 2, data: { fresh: true } });
        expect((await table.get({ pk: 'A', sk: '1' }))?.data).not.toHaveProperty('old');
      }));

    it('are gone after a delete, and begin at version 1 again', () =>
      withTable(open, async (table) => {
        await table.write([put('A', '1', {})]);
        await table.write([put('A', '1', {}, 1)]);
        await table.write([{ delete: { pk: 'A', sk: '1' }, expect: 2 }]);
        expect(await table.get({ pk: 'A', sk: '1' })).toBeUndefined();
        await table.write([put('A', '1', {})]);
        expect((await table.get({ pk: 'A', sk: '1' }))?.version).toBe(1);
      }));

    it('are copies: neither what was written nor what was read is shared', () =>
      withTable(open, async (table) => {
        const data = { list: [1] };
        await table.write([put('A', '1', data)]);
        data.list.push(2);
        const read = await table.get<{ list: number[] }>({ pk: 'A', sk: '1' });
        read?.data.list.push(3);
        expect((await table.get({ pk: 'A', sk: '1' }))?.data).toEqual({ list: [1] });
      }));
  });
}
