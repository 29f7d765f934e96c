/** Files of the home that are for our eyes only: written whole or not at all, so that a crash leaves the old one. */
import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';

/** Writes a file of mode 0600 in one step. */
export async function writePrivate(path: string, text: string): Promise<void> {
  const unfinished = `${path}.${randomBytes(6).toString('hex')}.new`;
  try {
    const file = await open(unfinished, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** The file's text; undefined when there is no such file. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The file's text; made by `make` when there is no such file yet. */
export async function readOrMake(path: string, make: () => string | Promise<string>): Promise<string> {
  const there = await readIfThere(path);
  if (there !== undefined) return there;
  const made = await make();
  await writePrivate(path, made);
  return made;
}
