/**
 * Group commit: writes that come in one turn of the event loop share one transaction, and so one sync of the disk, which is
 * nearly all a commit costs. Each still succeeds or fails for itself, and nobody hears of success before it is on disk.
 */
import type { DatabaseSync } from 'node:sqlite';
import { CurfewError } from '../shared/model/errors.ts';

export interface Commits {
  /** Runs the change in the next transaction. What it throws undoes it alone, and is thrown here. */
  add(change: () => void): Promise<void>;
  /** Commits now what waits. */
  flush(): void;
}

interface Job {
  change: () => void;
  resolve: () => void;
  reject: (error: unknown) => void;
}

export function createCommits(database: DatabaseSync): Commits {
  let waiting: Job[] = [];

  function flush(): void {
    const jobs = waiting;
    waiting = [];
    if (jobs.length > 0) commit(database, jobs);
  }

  return {
    add: (change) =>
      new Promise((resolve, reject) => {
        if (waiting.length === 0) setImmediate(flush);
        waiting.push({ change, resolve, reject });
      }),
    flush,
  };
}

function commit(database: DatabaseSync, jobs: Job[]): void {
  try {
    database.exec('BEGIN IMMEDIATE');
    const outcomes = jobs.map((job) => attempt(database, job));
    database.exec('COMMIT');
    for (const settle of outcomes) settle();
  } catch (error) {
    // The disk is full, or the file is held by somebody else: nothing of all this was written.
    if (database.isOpen && database.isTransaction) database.exec('ROLLBACK');
    const reason = error instanceof Error ? error.message : String(error);
    const failure = new CurfewError('Unavailable', `The database cannot be written: ${reason}.`, {
      cause: error,
      mayLand: false,
    });
    for (const { reject } of jobs) reject(failure);
  }
}

/** Makes one change, or undoes it. Returns what to tell whoever asked for it, once the transaction is committed. */
function attempt(database: DatabaseSync, { change, resolve, reject }: Job): () => void {
  database.exec('SAVEPOINT one');
  try {
    change();
    database.exec('RELEASE one');
    return resolve;
  } catch (error) {
    database.exec('ROLLBACK TO one; RELEASE one');
    return () => reject(error);
  }
}
