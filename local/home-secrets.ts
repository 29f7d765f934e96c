/** The Secrets port on one file of the home, readable for us alone: how Curfew's own logins at its targets are kept. */
import * as z from 'zod';
import { CurfewError } from '../shared/model/errors.ts';
import type { Secrets } from '../shared/ports.ts';
import { readIfThere, writePrivate } from './home-files.ts';

export interface SecretsFile extends Secrets {
  set(name: string, value: string): Promise<void>;
}

const Contents = z.record(z.string(), z.string());

/** Opens the file at `path`; the first `set` makes it. */
export function openSecrets(path: string): SecretsFile {
  let last: Promise<unknown> = Promise.resolve();
  return {
    async get(name) {
      const all = await read(path);
      const value = Object.hasOwn(all, name) ? all[name] : undefined;
      if (value === undefined)
        throw new CurfewError('TargetUnavailable', `There is no secret "${name}" in ${path}: put it there.`);
      return value;
    },
    // One after the other: each writes the whole file.
    set(name, value) {
      const write = async () =>
        writePrivate(path, JSON.stringify({ ...(await read(path)), [name]: value }, null, 2));
      const done = last.then(write, write);
      last = done;
      return done;
    },
  };
}

async function read(path: string): Promise<Record<string, string>> {
  const text = await readIfThere(path);
  if (text === undefined) return {};
  try {
    return Contents.parse(JSON.parse(text));
  } catch {
    // Without the cause: it would quote the text.
    throw new CurfewError(
      'TargetUnavailable',
      `${path} must hold one JSON object of texts by name: mend or remove it.`,
    );
  }
}
