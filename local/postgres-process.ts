/**
 * The running server. It has a process group of its own, so that Ctrl-C reaches us alone and we stop it in order.
 */
import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { closedUrl } from '../shared/connectors/postgresql/closed-url.ts';

export interface Running {
  pid: number;
  port: number;
  adopted: boolean;
  alive(): Promise<boolean>;
  /** Calls once, when it is gone. */
  onExit(call: (why: string) => void): void;
}

export interface Launch {
  postgres: string;
  data: string;
  runAs: { uid: number; gid: number } | undefined;
  logFile: string;
  settings: Record<string, string>;
  port: number;
  superuserUrl: string;
}

/** The longest that recovery after a crash may take. */
const startMs = 120_000;
/** The longest that a server which is ready, or left behind, may take to let us in. */
const admitMs = 10_000;
/** A log longer than this begins anew with the next start. */
const mostLogBytes = 10_000_000;
/** How long each way of asking it to stop has: fast shutdown, immediate shutdown, the kernel's. */
const stopSteps = [
  ['SIGINT', 10_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 2_000],
] as const;

/** Starts the server and waits until it takes connections. `failed` is why not, with the end of its log. */
export async function launch(what: Launch): Promise<{ running: Running } | { failed: string }> {
  const { log, size } = await openLog(what.logFile);
  const child = spawn(what.postgres, commandLine(what.data, { ...what.settings, port: String(what.port) }), {
    ...what.runAs,
    cwd: '/',
    env: plainEnv(),
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? `exit code ${code}`}`));
  });
  await log.close();
  const giveUp = new AbortController();
  const pid = child.pid ?? 0;
  const ended = await Promise.race([gone, ready(what.data, pid, giveUp.signal)]);
  giveUp.abort();
  const wrong = ended ?? (await answers(what.superuserUrl, admitMs));
  if (wrong !== undefined) {
    child.kill('SIGQUIT');
    await Promise.race([gone, sleep(5_000, undefined, { ref: false })]);
    const said = (await readFile(what.logFile)).subarray(size).toString().trim().slice(-1500);
    return { failed: `${wrong}\n${said}` };
  }
  child.unref();
  const alive = async () => child.exitCode === null && child.signalCode === null;
  const onExit = (call: (why: string) => void) => void gone.then(call);
  return { running: { pid, port: what.port, adopted: false, alive, onExit } };
}

async function openLog(file: string): Promise<{ log: FileHandle; size: number }> {
  const log = await open(file, 'a', 0o600);
  const { size } = await log.stat();
  if (size <= mostLogBytes) return { log, size };
  await log.truncate();
  return { log, size: 0 };
}

/** Ends every session and stops the server, within 17 s whatever it does. */
export async function stopRunning(running: Running): Promise<void> {
  for (const [signal, ms] of stopSteps) {
    if (!(await running.alive())) return;
    signalTo(running.pid, signal);
    for (const until = performance.now() + ms; performance.now() < until; await sleep(20))
      if (!(await running.alive())) return;
  }
}

/** What a server is started with; also how we know again what another process of ours started. */
export function commandLine(data: string, settings: Record<string, string>): string[] {
  return ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** Waits for the word that a server writes into its pid file once it listens: nobody else can be behind the port then. */
async function ready(data: string, pid: number, signal: AbortSignal): Promise<string | undefined> {
  for (const until = performance.now() + startMs; performance.now() < until; await sleep(20)) {
    if (signal.aborted) return undefined;
    const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
    if (Number(lines[0]) === pid && lines[7]?.trim() === 'ready') return undefined;
  }
  return `it is not ready after ${startMs / 1000} s`;
}

/** Waits until the server behind the URL lets us in. Answers with what is wrong when it refuses us, or the time is over. */
export async function answers(superuserUrl: string, ms: number): Promise<string | undefined> {
  let last = '';
  for (const until = performance.now() + ms; performance.now() < until; await sleep(20)) {
    const client = new Client({ connectionString: closedUrl(superuserUrl), connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return undefined;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
      // Class 28 is "invalid authorization"; everything else (recovering, no room) may pass.
      if (error instanceof DatabaseError && error.code?.startsWith('28')) break;
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  return `it does not let us in: ${last}`;
}

/** Nothing of ours: PGOPTIONS, PGDATA and secrets in the environment are no business of the server. */
export function plainEnv(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot } = process.env;
  return { ...(PATH ? { PATH } : {}), ...(SystemRoot ? { SystemRoot } : {}), LC_ALL: 'C', TZ: 'UTC' };
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
