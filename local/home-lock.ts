/**
 * One process per home. The lock is the operating system's, held through SQLite on a file of its own: it ends with the
 * process however that ends, so a dead or re-used pid is no obstacle. The pid file beside it is for people to read.
 */
import { chmod, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { CurfewError } from '../shared/model/errors.ts';
import { readIfThere, writePrivate } from './home-files.ts';

export interface Lock {
  release(): Promise<void>;
}

/** Name of the lock file, by which a folder is known to be a home. Nothing else may open it: closing it would unlock it. */
export const lockName = 'lock';

/** Takes the lock of a home. Throws `StateConflict`, naming the pid, while another process has it. */
export async function takeLock(dir: string): Promise<Lock> {
  const database = new DatabaseSync(join(dir, lockName));
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw error;
    throw new CurfewError(
      'StateConflict',
      `Another Curfew (${await holder(dir)}) runs on ${dir}. Stop it first, or name another folder with CURFEW_HOME.`,
    );
  }
  await chmod(join(dir, lockName), 0o600);
  const pidFile = join(dir, 'pid');
  await writePrivate(pidFile, String(process.pid));
  return {
    release: async () => {
      await rm(pidFile, { force: true });
      database.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  const sqliteBusy = 5;
  return error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy;
}

/** It may hold the lock for some milliseconds before its pid is written. */
async function holder(dir: string): Promise<string> {
  for (let look = 0; look < 20; look += 1) {
    const pid = await readIfThere(join(dir, 'pid'));
    if (pid !== undefined) return `pid ${pid}`;
    await sleep(10);
  }
  return 'pid not known yet';
}
