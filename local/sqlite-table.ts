/**
 * The embedded engine of the `Table` port: one SQLite file, on Node's own driver. Items and their index entries change in
 * one transaction, so an index here never lags; an engine whose indexes do lag keeps the same contract.
 */
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { CurfewError } from '../shared/model/errors.ts';
import type { IndexEntry, Key } from '../shared/model/keys.ts';
import type { Item, Query, Table, Write } from '../shared/ports.ts';
import { writeCursor } from '../shared/storage/page-cursor.ts';
import { keyOf, type PreparedWrite, prepareWrites } from '../shared/storage/prepare-writes.ts';
import { createCommits } from './sqlite-commit.ts';
import { openSqliteDatabase } from './sqlite-database.ts';
import { querySql } from './sqlite-query.ts';

export type SqliteTable = Table & { close(): void };

/** Opens or makes the file (`:memory:` for one that is gone afterwards). Throws an Error that says what is wrong with it. */
export function openSqliteTable(path: string): SqliteTable {
  const database = openSqliteDatabase(path);
  const statement = statementCache(database);
  const commits = createCommits(database);
  return {
    async get<T>(key: Key) {
      const row = statement('SELECT * FROM items WHERE pk = ? AND sk = ?').get(key.pk, key.sk);
      return row && toItem<T>(row);
    },
    async query<T>(query: Query) {
      const { sql, values } = querySql(query);
      const rows = statement(sql).all(...values);
      const page = rows.slice(0, query.limit);
      const last = page.at(-1);
      const items = page.map((row) => toItem<T>(row));
      return rows.length > page.length && last
        ? { items, next: writeCursor(query, toPlace(last)) }
        : { items };
    },
    async write(writes: Write[]) {
      const prepared = prepareWrites(writes);
      await commits.add(() => {
        const present = prepared.map(({ write }) => expected(statement, write));
        prepared.forEach((one, at) => {
          apply(statement, one, present[at]);
        });
      });
    },
    close() {
      commits.flush();
      database.close();
    },
  };
}

type Row = Record<string, SQLOutputValue>;
type Statements = (sql: string) => StatementSync;

function statementCache(database: DatabaseSync): Statements {
  const cache = new Map<string, StatementSync>();
  return (sql) => {
    const known = cache.get(sql);
    if (known) return known;
    const made = database.prepare(sql);
    cache.set(sql, made);
    return made;
  };
}

/** The item as it stands, when it is as the write expects it. Throws `Conflict` when not. */
function expected(statement: Statements, write: Write): Row | undefined {
  const { pk, sk } = keyOf(write);
  const row = statement('SELECT version, indexes FROM items WHERE pk = ? AND sk = ?').get(pk, sk);
  const version = row === undefined ? 'absent' : row['version'];
  if (version === write.expect) return row;
  throw new CurfewError('Conflict', 'Somebody else changed this just now. Read it again.', {
    mayLand: false,
  });
}

function apply(statement: Statements, { write, stored }: PreparedWrite, present: Row | undefined): void {
  if ('check' in write) return;
  const { pk, sk } = keyOf(write);
  for (const [name, entry] of entriesOf(present?.['indexes'])) {
    statement('DELETE FROM entries WHERE name = ? AND part = ? AND range = ? AND pk = ? AND sk = ?').run(
      name,
      entry.partition,
      entry.range,
      pk,
      sk,
    );
  }
  if ('delete' in write || !stored) {
    statement('DELETE FROM items WHERE pk = ? AND sk = ?').run(pk, sk);
    return;
  }
  const version = write.expect === 'absent' ? 1 : write.expect + 1;
  statement(
    'INSERT OR REPLACE INTO items (pk, sk, version, kind, data, indexes) VALUES (?, ?, ?, ?, ?, ?)',
  ).run(pk, sk, version, write.put.kind, stored.data, stored.indexes);
  for (const [name, entry] of entriesOf(stored.indexes)) {
    statement('INSERT INTO entries (name, part, range, pk, sk) VALUES (?, ?, ?, ?, ?)').run(
      name,
      entry.partition,
      entry.range,
      pk,
      sk,
    );
  }
}

function entriesOf(indexes: SQLOutputValue | undefined): [string, IndexEntry][] {
  return indexes === undefined ? [] : Object.entries(JSON.parse(String(indexes)) as Item['index']);
}

function toItem<T>(row: Row): Item<T> {
  return {
    pk: String(row['pk']),
    sk: String(row['sk']),
    version: Number(row['version']),
    kind: String(row['kind']),
    index: JSON.parse(String(row['indexes'])) as Item['index'],
    data: JSON.parse(String(row['data'])) as T,
  };
}

function toPlace(row: Row) {
  return { range: String(row['range']), pk: String(row['pk']), sk: String(row['sk']) };
}
