/**
 * The server that a killed process of ours left running: found by `postmaster.pid` in its data directory. A pid there
 * proves nothing, since pids are used again: what counts is a process that works in that very directory.
 */
import { execFile } from 'node:child_process';
import { readFile, readdir, readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { answers, commandLine, stopRunning } from './postgres-process.ts';
import type { Running } from './postgres-process.ts';

/** How long a server that is still recovering has to let us in. */
const adoptMs = 10_000;
const watchMs = 500;

/** The server running on this data directory, if there is one. Clears away a pid file whose pid is another program's now. */
export async function findLeftBehind(data: string): Promise<Running | undefined> {
  const file = join(data, 'postmaster.pid');
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  if (!(await worksIn(pid, data))) {
    // Only then: PostgreSQL itself sees a dead pid, and then still looks whether sessions of the old server live on.
    if (lives(pid)) await rm(file, { force: true });
    return undefined;
  }
  const alive = () => worksIn(pid, data);
  return { pid, port: Number(lines[3]), adopted: true, alive, onExit: (call) => void watch(alive, call) };
}

/** Stops whatever runs on this data directory, so that it can be removed. */
export async function stopLeftBehind(data: string): Promise<void> {
  const found = await findLeftBehind(data);
  if (found) await stopRunning(found);
  await stopOrphans(data);
}

/**
 * Ends sessions whose server was killed. They end by themselves as soon as they wait for anything; one that is busy does
 * not, and keeps a new server from starting. Only where there is /proc to find them in.
 */
export async function stopOrphans(data: string): Promise<void> {
  for (const name of await readdir('/proc').catch(() => [])) {
    const pid = Number(name);
    if (!Number.isSafeInteger(pid) || !(await worksIn(pid, data))) continue;
    await stopRunning({
      pid,
      port: 0,
      adopted: true,
      alive: () => worksIn(pid, data),
      onExit: () => undefined,
    });
  }
}

/** May we go on with it? Only if we would have started it the same way, and it answers to our password. */
export async function canAdopt(
  found: Running,
  wanted: { postgres: string; data: string; settings: Record<string, string>; superuserUrl: string },
): Promise<boolean> {
  const started = await readFile(join(wanted.data, 'postmaster.opts'), 'utf8').catch(() => '');
  const args = commandLine(wanted.data, { ...wanted.settings, port: String(found.port) });
  const ours = [wanted.postgres, ...args.map((arg) => `"${arg}"`)].join(' ');
  return started.trim() === ours && (await answers(wanted.superuserUrl, adoptMs)) === undefined;
}

/** Every PostgreSQL process makes its data directory its working directory. A zombie has none. */
async function worksIn(pid: number, data: string): Promise<boolean> {
  if (process.platform === 'linux') {
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
    if (cwd === undefined || cwd !== (await realpath(data).catch(() => undefined))) return false;
    // Not somebody's shell that happens to be there.
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes('postgres');
  }
  if (process.platform === 'win32') return lives(pid);
  const ps = await promisify(execFile)('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(
    () => undefined,
  );
  return ps?.stdout.includes('postgres') === true && ps.stdout.includes(`-D ${data}`);
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function watch(alive: () => Promise<boolean>, call: (why: string) => void): Promise<void> {
  while (await alive()) await sleep(watchMs, undefined, { ref: false });
  call('it ended');
}
