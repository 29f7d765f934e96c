/** What `npm run emulator` leaves for the commands beside it: where things are, in a file for its owner alone. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { readIfThere, writePrivate } from '../local/home-files.ts';
import { CurfewError } from '../shared/model/errors.ts';
import { folder } from './virtual-environment.ts';

const Running = z.strictObject({
  pid: z.int(),
  /** Of the emulator. */
  url: z.url(),
  issuer: z.strictObject({ url: z.url(), secret: z.string() }),
  /** The sample database, as Curfew's own login. */
  ordersUrl: z.url(),
});
export type Running = z.infer<typeof Running>;

const file = join(folder, 'running.json');

export async function announce(running: Running): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writePrivate(file, JSON.stringify(running, null, 2));
  return () => rm(file, { force: true });
}

export async function findRunning(): Promise<Running | undefined> {
  const text = await readIfThere(file);
  const found = text === undefined ? undefined : Running.safeParse(JSON.parse(text)).data;
  return found && isAlive(found.pid) ? found : undefined;
}

/** Throws `Unavailable` that says how to start it. */
export async function mustFindRunning(): Promise<Running> {
  const found = await findRunning();
  if (found) return found;
  throw new CurfewError(
    'Unavailable',
    'No emulator runs here: start one in another terminal with `npm run emulator`.',
  );
}

/** After a kill the file is still there. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
