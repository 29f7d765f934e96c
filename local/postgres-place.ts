/**
 * Where the embedded server's data lies. Normally in its home; as root in temporary space, because PostgreSQL refuses to
 * run as root, and the user it runs as instead cannot enter a home that is closed to others.
 */
import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, readFile, readlink, realpath, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { CurfewError } from '../shared/model/errors.ts';

/** `nobody`, on nearly every system. */
const nobody = 65_534;

export interface Place {
  home: string;
  /** The data directory, which may not be there yet. Its parent is ours alone to write in. */
  data: string;
  /** As whom the server runs, where that is not us. */
  runAs: { uid: number; gid: number } | undefined;
}

/** Finds the place of a home's data; makes home and parent. The same home has the same place, also when TMPDIR changes. */
export async function findPlace(dataHome: string): Promise<Place> {
  await mkdir(dataHome, { recursive: true, mode: 0o700 });
  const home = await realpath(dataHome);
  if (!isRoot()) return { home, data: join(home, 'data'), runAs: undefined };
  const name = `curfew-postgres-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`;
  const data = (await linked(home, name)) ?? (await newPlace(home, name));
  return { home, data, runAs: (await ownerOf(data)) ?? (await anybodyElse()) };
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Opens a folder of temporary space that everybody can read and only we can write. Throws `Unavailable` when it is another's. */
export async function openFolder(name: string): Promise<string> {
  const folder = join(await temporarySpace(), name);
  await mkdir(folder, { mode: 0o755 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const facts = await lstat(folder);
  if (!facts.isDirectory() || facts.uid !== process.getuid?.() || (facts.mode & 0o022) !== 0)
    throw new CurfewError(
      'Unavailable',
      `${folder} belongs to somebody else, or others may write there: remove it.`,
    );
  await chmod(folder, 0o755);
  return folder;
}

/** The link in the home says where the data went. One that came with a copy of another home does not count. */
async function linked(home: string, name: string): Promise<string | undefined> {
  const data = await readlink(join(home, 'data')).catch(() => undefined);
  if (data === undefined || basename(dirname(data)) !== name) return undefined;
  const facts = await lstat(dirname(data)).catch(() => undefined);
  return facts?.isDirectory() && facts.uid === 0 && (facts.mode & 0o022) === 0 ? data : undefined;
}

async function newPlace(home: string, name: string): Promise<string> {
  const data = join(await openFolder(name), 'data');
  await rm(join(home, 'data'), { force: true });
  await symlink(data, join(home, 'data'));
  return data;
}

async function ownerOf(data: string): Promise<Place['runAs']> {
  const facts = await lstat(data).catch(() => undefined);
  return facts && { uid: facts.uid, gid: facts.gid };
}

/** initdb wants a user that the system knows, whoever it is. We create none. */
async function anybodyElse(): Promise<Place['runAs']> {
  const users = (await readFile('/etc/passwd', 'utf8').catch(() => ''))
    .split('\n')
    .map((line) => line.split(':'))
    .map(([, , uid, gid]) => ({ uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid, gid }) => uid > 0 && uid <= nobody && gid > 0);
  const chosen = users.find(({ uid }) => uid === nobody) ?? users.toSorted((a, b) => a.uid - b.uid)[0];
  return chosen ?? { uid: nobody, gid: nobody };
}

/** TMPDIR may itself lie in a folder that is closed to others. */
async function temporarySpace(): Promise<string> {
  for (const folder of [tmpdir(), '/tmp', '/var/tmp'])
    if (await openToOthers(folder)) return realpath(folder);
  throw new CurfewError(
    'Unavailable',
    'No temporary folder can be entered by every user: set TMPDIR to one that can.',
  );
}

async function openToOthers(folder: string): Promise<boolean> {
  let path = await realpath(folder).catch(() => undefined);
  if (path === undefined) return false;
  for (; ; path = dirname(path)) {
    if (((await stat(path)).mode & 0o001) === 0) return false;
    if (path === dirname(path)) return true;
  }
}
