/**
 * Starts one AWS emulator on this machine that enforces IAM (emulator/launcher.py), with all it keeps in a temporary
 * folder. It ends with this process, however that ends, and leaves nothing behind.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stages } from '../config/stages.ts';
import { freePort } from '../local/free-port.ts';
import { CurfewError } from '../shared/model/errors.ts';
import { portTaken } from './ports.ts';
import { pythonWithEmulator } from './virtual-environment.ts';

export interface Emulator {
  url: string;
  /** What it and the functions said. */
  logFile: string;
  pid: number;
  /** Settles when it ended, whoever ended it. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

interface Start {
  /** Left out or 0: any free one. */
  port?: number;
  /** Told what takes long, where something does. */
  onSlow?: (what: string) => void;
}

export const { account: hubAccount, region } = stages.emulator;
const readySeconds = 60;
const stopSeconds = 10;
const bin = join(import.meta.dirname, '..', 'node_modules', '.bin');

/** Throws EmulatorMissing where this machine cannot run it, and `Unavailable` with its last words where it does not come up. */
export async function startEmulator({ port, onSlow }: Start = {}): Promise<Emulator> {
  const python = await pythonWithEmulator({ onSlow });
  for (let attempt = 1; ; attempt += 1) {
    const chosen = port || (await freePort());
    const { emulator, failure } = await launch(python, chosen);
    if (emulator) return emulator;
    const taken = failure.includes('already in use');
    if (port && taken) throw portTaken(port, 'EMULATOR_PORT');
    // A free port may be taken by somebody else meanwhile.
    if (attempt === 3 || !taken)
      throw new CurfewError('Unavailable', `The emulator does not come up on port ${chosen}:\n${failure}`);
  }
}

async function launch(
  python: string,
  port: number,
): Promise<{ emulator: Emulator; failure?: never } | { emulator?: never; failure: string }> {
  const data = await mkdtemp(join(tmpdir(), 'curfew-emulator-'));
  const logFile = join(data, 'emulator.log');
  const child = await spawnIn(data, logFile, python, port);
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
  const stop = async () => {
    child.ref();
    child.stdin?.destroy();
    await Promise.race([ended, sleep(stopSeconds * 1000, undefined, { ref: false })]);
    killGroup(child);
    await rm(data, { recursive: true, force: true, maxRetries: 5 });
  };
  const url = `http://127.0.0.1:${port}`;
  if (await isReady(url, logFile, child))
    return { emulator: { url, logFile, pid: child.pid ?? 0, ended, stop } };
  const failure = (await readFile(logFile, 'utf8')).trim().slice(-3000);
  await stop();
  return { failure };
}

/** A group of its own, so that Ctrl-C reaches us alone. Its stdin is the pipe by which it notices that we are gone. */
async function spawnIn(data: string, logFile: string, python: string, port: number): Promise<ChildProcess> {
  const log = await open(logFile, 'a', 0o600);
  const child = spawn(python, [join(import.meta.dirname, 'launcher.py')], {
    cwd: data,
    env: environment(data, port),
    detached: true,
    stdio: ['pipe', log.fd, log.fd],
  });
  child.once('spawn', () => void log.close());
  child.once('error', () => void log.close());
  // A process that nobody waits for must not keep us alive.
  child.unref();
  (child.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  return child;
}

/** Functions inherit it: nothing of this machine's shell, and Node 24 before any other. */
function environment(data: string, port: number): NodeJS.ProcessEnv {
  return {
    PATH: [bin, process.env['PATH'] ?? ''].join(delimiter),
    HOME: data,
    TMPDIR: data,
    STATE_DIR: join(data, 'state'),
    S3_DATA_DIR: join(data, 's3'),
    LANG: 'C.UTF-8',
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    AUTH: 'true',
    BIND_HOST: '127.0.0.1',
    IOT_MTLS_ENABLED: '0',
    GATEWAY_PORT: String(port),
    MINISTACK_REGION: region,
  };
}

/** It says so itself, too: on a port that somebody else took, somebody else would answer. */
async function isReady(url: string, logFile: string, child: ChildProcess): Promise<boolean> {
  for (const last = performance.now() + readySeconds * 1000; performance.now() < last; await sleep(50)) {
    if (child.exitCode !== null || child.signalCode !== null) return false;
    if (!(await readFile(logFile, 'utf8')).includes(`Running on ${url}`)) continue;
    const answer = await fetch(`${url}/_ministack/health`, { signal: AbortSignal.timeout(2000) }).catch(
      () => undefined,
    );
    if (answer?.ok) return true;
  }
  return false;
}

/** Whatever of its group is left, such as a function that did not end. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
