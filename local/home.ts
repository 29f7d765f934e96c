/**
 * The home folder of a local Curfew (`.curfew/`): its lock, secrets, keys and the address where the running server is
 * found. Everything in it is for its owner alone. Neighbours: home-lock.ts, home-files.ts, home-secrets.ts.
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import type { JWK } from 'jose';
import { CurfewError } from '../shared/model/errors.ts';
import { readIfThere, readOrMake, writePrivate } from './home-files.ts';
import { lockName, takeLock } from './home-lock.ts';
import { openSecrets } from './home-secrets.ts';
import type { SecretsFile } from './home-secrets.ts';

/** What `server.json` says while a server runs: the CLI finds it there. */
export interface ServerFile {
  pid: number;
  url: string;
  postgres: { host: string; port: number };
  startedAt: string;
  /** Whom `curfew login` offers. */
  people: { id: string; name: string }[];
}

export interface Home {
  dir: string;
  /** Where the table lives. */
  tableFile: string;
  /** `dataHome` of the embedded PostgreSQL. */
  postgresHome: string;
  /** Proves to the issuer that somebody is this user of this machine. */
  localSecret: string;
  /** Private keys of the issuer. They stay the same, so that a restart breaks no token. */
  issuerKeys: JWK[];
  secrets: SecretsFile;
  /** The address of the last server here. With CURFEW_PORT=0, taking its port again keeps issuer and tokens valid. */
  lastUrl: string | undefined;
  /** Writes `server.json`, with our pid and the time. */
  announce(server: Pick<ServerFile, 'url' | 'postgres' | 'people'>): Promise<void>;
  /** Takes `server.json` away and gives the lock back. May be called again. */
  close(): Promise<void>;
}

/** `CURFEW_HOME`, or `.curfew` beside package.json. */
export function homeFolder(): string {
  return resolve(process.env['CURFEW_HOME'] || join(import.meta.dirname, '..', '.curfew'));
}

/**
 * Opens a home and makes what is missing in it. Throws `StateConflict` when another process has it open (the pid is named),
 * or when the folder holds other things.
 */
export async function openHome({ dir }: { dir: string }): Promise<Home> {
  await makeFolder(dir);
  const lock = await takeLock(dir);
  const at = (name: string) => join(dir, name);
  const serverFile = at('server.json');
  // Left behind by a kill: what it says is no longer true.
  await rm(serverFile, { force: true });
  let closing: Promise<void> | undefined;
  return {
    dir,
    tableFile: at('curfew.db'),
    postgresHome: at('postgres'),
    localSecret: await readOrMake(at('local-secret'), () => randomBytes(32).toString('base64url')),
    issuerKeys: JSON.parse(await readOrMake(at('issuer-keys.json'), () => makeIssuerKeys('ES256'))) as JWK[],
    secrets: openSecrets(at('secrets.json')),
    lastUrl: await readIfThere(at('last-url')),
    async announce(server) {
      const file: ServerFile = { pid: process.pid, ...server, startedAt: new Date().toISOString() };
      await writePrivate(at('last-url'), server.url);
      await writePrivate(serverFile, `${JSON.stringify(file, null, 2)}\n`);
    },
    close: () => (closing ??= rm(serverFile, { force: true }).then(() => lock.release())),
  };
}

/** Of the AWS emulator, in `.curfew` beside package.json: it may be there before the home is. */
const emulatorFolder = 'emulator';

/** A folder that somebody named by mistake (`/tmp`) must not be closed to others, nor deleted later. */
async function makeFolder(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const names = (await readdir(dir)).filter((name) => name !== emulatorFolder);
  if (names.length > 0 && !names.includes(lockName))
    throw new CurfewError(
      'StateConflict',
      `${dir} holds other things: name an empty or a new folder with CURFEW_HOME.`,
    );
  if (((await stat(dir)).mode & 0o077) !== 0) await chmod(dir, 0o700);
}

/** ES256: half the size of RS256 in every token, and every OIDC library verifies it. */
export async function makeIssuerKeys(alg: 'ES256' | 'RS256' = 'ES256'): Promise<string> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const key = {
    ...(await exportJWK(privateKey)),
    alg,
    use: 'sig',
    kid: randomBytes(8).toString('hex'),
  };
  return JSON.stringify([key]);
}
