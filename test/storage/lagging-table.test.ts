/** The table with lagging indexes: a table in everything but its indexes, and those as old as a test wants them. */
import { describe, expect, it } from 'vitest';
import { openSqliteTable } from '../../local/sqlite-table.ts';
import { type LaggingTable, withLaggingIndexes } from '../support/lagging-table.ts';
import { put, readAll } from './table-cases.ts';
import { describeTableContract } from './table-contract.ts';

const due = (range: string) => ({ due: { partition: 'D', range } });

async function found(table: LaggingTable): Promise<string[]> {
  const items = await readAll(table, { index: 'due', partition: 'D', limit: 2 });
  return items.map(({ sk, version }) => `${sk}@${version}`);
}

function open(behindWrites?: number) {
  const real = openSqliteTable(':memory:');
  const table = withLaggingIndexes(real, behindWrites === undefined ? {} : { behindWrites });
  return { table, close: () => real.close() };
}

describeTableContract('a table whose indexes never catch up', async () => open(), { indexes: false });
describeTableContract('a table whose indexes do not lag at all', async () => open(0));

describe('a table whose indexes lag', () => {
  it('shows nothing by index until it catches up, and everything by key at once', async () => {
    const { table, close } = open();
    await table.write([put('A', 'a', {}, 'absent', due('1'))]);
    expect(await found(table)).toEqual([]);
    expect((await table.get({ pk: 'A', sk: 'a' }))?.version).toBe(1);
    table.catchUp();
    expect(await found(table)).toEqual(['a@1']);
    await table.write([put('A', 'a', {}, 1)]);
    expect(await found(table)).toEqual(['a@1']);
    table.catchUp();
    expect(await found(table)).toEqual([]);
    close();
  });

  it('shows the table as it was some writes ago, deleted items too', async () => {
    const { table, close } = open(2);
    await table.write([put('A', 'a', {}, 'absent', due('1'))]);
    await table.write([put('A', 'b', {}, 'absent', due('2'))]);
    await table.write([{ delete: { pk: 'A', sk: 'a' }, expect: 1 }]);
    expect(await found(table)).toEqual(['a@1']);
    table.lagBehind(1);
    expect(await found(table)).toEqual(['a@1', 'b@1']);
    table.lagBehind(0);
    expect(await found(table)).toEqual(['b@1']);
    close();
  });

  it('counts no write that was refused', async () => {
    const { table, close } = open(1);
    await table.write([put('A', 'a', {}, 'absent', due('1'))]);
    await expect(table.write([put('A', 'a', {}, 9)])).rejects.toMatchObject({ code: 'Conflict' });
    expect(await found(table)).toEqual([]);
    close();
  });
});
