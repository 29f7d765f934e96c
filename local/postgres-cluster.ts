/** The embedded server's data: made by `initdb` once, with a password that lies in the home, readable for us alone. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CurfewError } from '../shared/model/errors.ts';
import { stopLeftBehind } from './postgres-left-behind.ts';
import { findPlace } from './postgres-place.ts';
import type { Place } from './postgres-place.ts';
import { plainEnv } from './postgres-process.ts';

export interface Cluster {
  data: string;
  runAs: Place['runAs'];
  logFile: string;
  /** The superuser's password. */
  secret: string;
  /** 18 for PostgreSQL 18. */
  major: number;
}

/** Opens the data of a home, and makes it first where there is none. */
export async function openCluster(dataHome: string, program: string): Promise<Cluster> {
  const place = await findPlace(dataHome);
  const secret = (await readSecret(place)) ?? (await newSecret(place));
  let major = await majorOf(place.data);
  if (major === undefined) {
    await initialise(place, program, secret);
    major = await majorOf(place.data);
  }
  if (major === undefined) throw new CurfewError('Unavailable', `${place.data} holds no PostgreSQL data.`);
  const logFile = join(place.home, 'postgres.log');
  return { data: place.data, runAs: place.runAs, logFile, secret, major };
}

function secretFile(place: Place): string {
  return join(place.home, 'postgres-secret');
}

async function readSecret(place: Place): Promise<string | undefined> {
  return readFile(secretFile(place), 'utf8').catch(() => undefined);
}

/** No secret means a new home. Data in temporary space is then left over from one that was deleted: nobody can use it. */
async function newSecret(place: Place): Promise<string> {
  if ((await majorOf(place.data)) !== undefined) {
    if (!place.runAs)
      throw new CurfewError(
        'Unavailable',
        `${secretFile(place)} is missing, but there is data beside it. Put it back, or start afresh with npm run reset.`,
      );
    await stopLeftBehind(place.data);
    await rm(place.data, { recursive: true, force: true });
  }
  const secret = randomBytes(24).toString('base64url');
  await writeFile(`${secretFile(place)}.new`, secret, { mode: 0o600 });
  await rename(`${secretFile(place)}.new`, secretFile(place));
  return secret;
}

async function majorOf(data: string): Promise<number | undefined> {
  const text = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number.parseInt(text, 10);
}

/** Made under another name and renamed, so that an interrupted initdb leaves nothing that looks like data. */
async function initialise(place: Place, program: string, secret: string): Promise<void> {
  const parent = dirname(place.data);
  for (const name of await readdir(parent))
    if (name.startsWith('new-')) await rm(join(parent, name), { recursive: true, force: true });
  const work = join(parent, `new-${randomBytes(6).toString('hex')}`);
  const passwordFile = join(work, 'password');
  await mkdir(work, { mode: 0o700 });
  await writeFile(passwordFile, secret, { mode: 0o600 });
  if (place.runAs)
    for (const path of [work, passwordFile]) await chown(path, place.runAs.uid, place.runAs.gid);
  try {
    await initdb(place, program, join(work, 'data'), passwordFile);
    await writeFile(join(work, 'data', 'pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n');
    await rename(join(work, 'data'), place.data);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function initdb(place: Place, program: string, data: string, passwordFile: string): Promise<void> {
  const args = ['-D', data, '-U', 'postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  const child = spawn(program, [...args, '--encoding=UTF8', '--locale=C', '--no-instructions'], {
    ...place.runAs,
    cwd: dirname(data),
    env: plainEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0)
    throw new CurfewError(
      'Unavailable',
      `initdb could not make the data (a server of your own can be named with CURFEW_POSTGRES_URL): ${said.trim()}`,
    );
}
