/** Opens the database file of the embedded table: its schema, its settings, and a refusal of files that are not ours to read. */
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Goes up with every change of the tables below. A file of a newer version is refused, never read. */
const schemaVersion = 1;
/** Another process that writes the file is waited for that long; the whole process stands still meanwhile. */
const busyMs = 1000;
/** "CRFW": marks a file as Curfew's. */
const applicationId = 0x43524657;

const tables = `
  CREATE TABLE items (
    pk TEXT NOT NULL, sk TEXT NOT NULL, version INTEGER NOT NULL, kind TEXT NOT NULL,
    data TEXT NOT NULL, indexes TEXT NOT NULL, PRIMARY KEY (pk, sk)
  ) STRICT;
  CREATE TABLE entries (
    name TEXT NOT NULL, part TEXT NOT NULL, range TEXT NOT NULL, pk TEXT NOT NULL, sk TEXT NOT NULL,
    PRIMARY KEY (name, part, range, pk, sk)
  ) STRICT, WITHOUT ROWID;`;

/** Opens or makes the file. Throws an Error that names the file when it is not a whole table of this version. */
export function openSqliteDatabase(path: string): DatabaseSync {
  if (path !== ':memory:') ownerOnly(path);
  const database = new DatabaseSync(path, { timeout: busyMs });
  try {
    prepareSchema(database);
    // Every commit is on disk before it counts: an intent lost by a power cut would be access without a record.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    return database;
  } catch (error) {
    database.close();
    throw new Error(`Cannot use the database ${path}: ${reason(error)}`, { cause: error });
  }
}

/** The file holds callback tokens: it is made for its owner alone, and SQLite gives its side files the same mode. */
function ownerOnly(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
}

function prepareSchema(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  const version = pragma(database, 'user_version');
  const found = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
  const names = found.map((row) => row['name']).join(' ');
  if (version === 0 && names === '') {
    database.exec(
      `${tables} PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion};`,
    );
  } else if (version > schemaVersion) {
    throw new Error(
      `it was written by a newer Curfew (schema ${version}, this one reads ${schemaVersion}). Upgrade Curfew, or move the file away`,
    );
  } else if (
    pragma(database, 'application_id') !== applicationId ||
    version !== schemaVersion ||
    names !== 'entries items'
  ) {
    throw new Error(
      `it is not a whole Curfew table (schema ${version}, tables: ${names || 'none'}). Restore it from a copy, or move it away`,
    );
  }
  database.exec('COMMIT');
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
