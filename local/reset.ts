/**
 * `npm run reset`: deletes everything a local Curfew remembers, after asking (`-- --yes`: without).
 * Exit codes: 0 deleted, or nothing there; 1 refused; 2 nobody there to ask.
 */
import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { confirm } from '@inquirer/prompts';
import { isCurfewError } from '../shared/model/errors.ts';
import { lockName, takeLock } from './home-lock.ts';
import { homeFolder } from './home.ts';
import { removePostgres } from './postgres-remove.ts';

process.exitCode = await reset(homeFolder(), process.argv.includes('--yes'));

async function reset(dir: string, yes: boolean): Promise<number> {
  if (!(await isHome(dir))) return say(`There is nothing to delete: ${dir} is no home of Curfew.`, 0);
  const lock = await takeLock(dir).catch((error: unknown) => {
    if (isCurfewError(error, 'StateConflict')) return error;
    throw error;
  });
  if (lock instanceof Error) return say(lock.message, 1);
  if (!yes && !process.stdin.isTTY)
    return say(`No terminal to ask at. To delete ${dir} unasked: npm run reset -- --yes`, 2);
  if (
    !yes &&
    !(await confirm({ message: `Delete ${dir} with all grants, events and sample data?`, default: false }))
  )
    return say('Nothing was deleted.', 1);
  await removePostgres(join(dir, 'postgres'));
  await lock.release();
  await rm(dir, { recursive: true, force: true });
  return say(`Deleted ${dir}.`, 0);
}

async function isHome(dir: string): Promise<boolean> {
  return access(join(dir, lockName)).then(
    () => true,
    () => false,
  );
}

function say(line: string, code: number): number {
  console.log(line);
  return code;
}
