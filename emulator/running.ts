/** What `npm run emulator` leaves for the commands beside it: where things are, in a file for its owner alone. One runs per checkout. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { readIfThere, writePrivate } from '../local/home-files.ts';
import { type Lock, takeLock } from '../local/home-lock.ts';
import { CurfewError, isCurfewError } from '../shared/model/errors.ts';
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

/** Throws `StateConflict` that names the one that runs here. The lock ends with this process. */
export async function takeTurn(at = folder): Promise<Lock> {
  const place = join(at, 'running');
  await mkdir(place, { recursive: true, mode: 0o700 });
  try {
    return await takeLock(place);
  } catch (error) {
    if (!isCurfewError(error, 'StateConflict')) throw error;
    const first = await findRunning(at);
    const who = first ? `runs already, at ${first.url} (pid ${first.pid})` : 'is just starting or ending';
    throw new CurfewError('StateConflict', `An emulator of this checkout ${who}: use it, or end it first.`);
  }
}

/** What it answers with removes the file, if it still is this process's own. */
export async function announce(running: Running, at = folder): Promise<() => Promise<void>> {
  await mkdir(at, { recursive: true, mode: 0o700 });
  await writePrivate(fileIn(at), JSON.stringify(running, null, 2));
  return async () => {
    if ((await read(at))?.pid === running.pid) await rm(fileIn(at), { force: true });
  };
}

export async function findRunning(at = folder): Promise<Running | undefined> {
  const found = await read(at);
  return found && isAlive(found.pid) && (await answers(found.issuer.url)) ? found : undefined;
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

function fileIn(at: string): string {
  return join(at, 'running.json');
}

async function read(at: string): Promise<Running | undefined> {
  const text = await readIfThere(fileIn(at));
  return text === undefined ? undefined : Running.safeParse(JSON.parse(text)).data;
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

/** The issuer is in that very process; its pid may be somebody else's by now. */
async function answers(url: string): Promise<boolean> {
  const asked = fetch(`${url}/jwks`, { signal: AbortSignal.timeout(5000) });
  return asked.then(
    () => true,
    () => false,
  );
}
