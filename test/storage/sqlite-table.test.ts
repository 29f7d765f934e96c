/** The embedded engine: the contract of every table, and what is its own: a file that outlives the process. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteDatabase } from '../../local/sqlite-database.ts';
import { openSqliteTable } from '../../local/sqlite-table.ts';
import { put, readAll } from './table-cases.ts';
import { describeTableContract } from './table-contract.ts';

describeTableContract('SQLite in memory', async () => {
  const table = openSqliteTable(':memory:');
  return { table, close: () => table.close() };
});

describeTableContract('SQLite in a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'curfew-table-'));
  const table = openSqliteTable(join(folder, 'table.db'));
  return {
    table,
    close: () => {
      table.close();
      rmSync(folder, { recursive: true });
    },
  };
});

describe('the file of a SQLite table', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'curfew-table-'));
    path = join(folder, 'table.db');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('keeps everything when it is closed and opened again', async () => {
    const first = openSqliteTable(path);
    const place = { due: { partition: 'D', range: '1' } };
    await first.write([put('A', '1', { kept: true }, 'absent', place), put('A', '2', {})]);
    await first.write([
      put('A', '1', { kept: 'still' }, 1, place),
      { delete: { pk: 'A', sk: '2' }, expect: 1 },
    ]);
    first.close();
    const second = openSqliteTable(path);
    const kept = [{ pk: 'A', sk: '1', version: 2, kind: 'thing', index: place, data: { kept: 'still' } }];
    expect(await readAll(second, { partition: 'A', limit: 10 })).toEqual(kept);
    expect(await readAll(second, { index: 'due', partition: 'D', limit: 10 })).toEqual(kept);
    await expect(second.write([put('A', '1', {})])).rejects.toMatchObject({ code: 'Conflict' });
    second.close();
  });

  it('keeps what was written when nobody had the time to close it', async () => {
    const lost = openSqliteTable(path);
    await lost.write([put('A', '1', { kept: true })]);
    const next = openSqliteTable(path);
    expect((await next.get({ pk: 'A', sk: '1' }))?.data).toEqual({ kept: true });
    next.close();
    lost.close();
  });

  it('serves two at once: neither takes a version that the other took', async () => {
    const [one, other] = [openSqliteTable(path), openSqliteTable(path)];
    await one.write([put('A', '1', { by: 'one' })]);
    await other.write([put('A', '1', { by: 'other' }, 1)]);
    await expect(one.write([put('A', '1', { by: 'one' }, 1)])).rejects.toMatchObject({ code: 'Conflict' });
    expect((await one.get({ pk: 'A', sk: '1' }))?.data).toEqual({ by: 'other' });
    one.close();
    other.close();
  });

  it('is for its owner alone, since it holds callback tokens, and so are the files beside it', async () => {
    const table = openSqliteTable(path);
    await table.write([put('A', '1', {})]);
    for (const end of ['', '-wal', '-shm']) expect(statSync(`${path}${end}`).mode & 0o777).toBe(0o600);
    table.close();
  });

  it('survives a power cut after each write: every commit is synced', () => {
    const database = openSqliteDatabase(path);
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
    database.close();
  });

  it.each([
    ['a newer Curfew', 'PRAGMA user_version = 2', /newer Curfew \(schema 2, this one reads 1\).*Upgrade/],
    ['a half-written schema', 'DROP TABLE entries', /not a whole Curfew table \(schema 1, tables: items\)/],
    ['a schema with no version', 'PRAGMA user_version = 0', /not a whole Curfew table \(schema 0/],
    ['another program', 'PRAGMA application_id = 7', /not a whole Curfew table/],
  ])('of %s is refused, and left as it is', (_what, spoil, message) => {
    openSqliteTable(path).close();
    const database = new DatabaseSync(path);
    database.exec(spoil);
    const before = database.prepare('SELECT sql FROM sqlite_schema').all();
    database.close();
    expect(() => openSqliteTable(path)).toThrow(message);
    expect(() => openSqliteTable(path)).toThrow(path);
    const after = new DatabaseSync(path);
    expect(after.prepare('SELECT sql FROM sqlite_schema').all()).toEqual(before);
    after.close();
  });

  it('that is no database is refused', () => {
    writeFileSync(path, 'this is a letter to my aunt, '.repeat(100));
    expect(() => openSqliteTable(path)).toThrow(/Cannot use the database .*: file is not a database/);
  });

  it('in a folder that is not there is refused', () => {
    expect(() => openSqliteTable(join(folder, 'no', 'table.db'))).toThrow(/ENOENT/);
  });

  it('still writes what was on its way when it is closed', async () => {
    const table = openSqliteTable(path);
    const written = table.write([put('A', '1', { kept: true })]);
    table.close();
    await written;
    const next = openSqliteTable(path);
    expect((await next.get({ pk: 'A', sk: '1' }))?.data).toEqual({ kept: true });
    next.close();
  });

  it('tells nobody of success before it is on disk, and judges writes of one moment each for itself', async () => {
    const table = openSqliteTable(path);
    const other = openSqliteTable(path);
    const rivals = ['a', 'b'].map((by) => table.write([put('A', '1', { by })]));
    const apart = table.write([put('A', '2', {})]);
    expect((await other.query({ partition: 'A', limit: 10 })).items).toEqual([]);
    await rivals[0];
    await expect(rivals[1]).rejects.toMatchObject({ code: 'Conflict' });
    await apart;
    const items = await readAll(other, { partition: 'A', limit: 10 });
    expect(items.map(({ data }) => data)).toEqual([{ by: 'a' }, {}]);
    table.close();
    other.close();
  });

  it('says so when it cannot be written, and works again when it can', async () => {
    const table = openSqliteTable(path);
    const holder = new DatabaseSync(path);
    holder.exec('BEGIN IMMEDIATE');
    await expect(table.write([put('A', '1', {})])).rejects.toMatchObject({
      code: 'Unavailable',
      retryable: true,
    });
    expect(await table.get({ pk: 'A', sk: '1' })).toBeUndefined();
    holder.close();
    await table.write([put('A', '1', {})]);
    table.close();
  });

  it('refuses everything once it is closed', async () => {
    const table = openSqliteTable(path);
    table.close();
    await expect(table.get({ pk: 'A', sk: '1' })).rejects.toThrow(/not open|finalized/);
    await expect(table.write([put('A', '1', {})])).rejects.toThrow(/not open/);
  });
});
