/** Runs the real `bin/curfew.js` as a process of its own, without a terminal, in an environment that holds nothing of ours. */
import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FakeServer, goodToken } from './fake-server.ts';

export const bin = join(import.meta.dirname, '../../bin/curfew.js');

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  /** What it said on stderr so far. */
  said(): string;
  ended: Promise<Ended>;
}

export interface Where {
  env?: Record<string, string>;
  cwd?: string;
  /** Options of Node before the file. */
  node?: string[];
  file?: string;
  input?: string;
}

/** Runs to the end, signed in at that server. */
export function curfew(server: FakeServer, args: string[], where: Where = {}): Promise<Ended> {
  return start(server, args, where).ended;
}

export function start(server: FakeServer | undefined, args: string[], where: Where = {}): Running {
  const signedIn = server && { CURFEW_HOME: server.home, CURFEW_TOKEN: goodToken };
  const env = { PATH: '/usr/bin:/bin', HOME: tmpdir(), TZ: 'UTC', ...signedIn, ...where.env };
  const child = spawn(process.execPath, [...(where.node ?? []), where.file ?? bin, ...args], {
    env,
    cwd: where.cwd ?? tmpdir(),
    stdio: 'pipe',
  });
  const heard = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (heard.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (heard.stderr += text));
  child.stdin.end(where.input ?? '');
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...heard }));
  });
  return { child, said: () => heard.stderr, ended };
}

/** Polls until something is so. Throws after 20 s, with what there is to see instead. */
export async function until(what: () => boolean, seen: () => string = () => ''): Promise<void> {
  for (const endMs = Date.now() + 20_000; Date.now() < endMs; await sleep(20)) if (what()) return;
  throw new Error(`it did not come to pass within 20 s ${seen()}`);
}
