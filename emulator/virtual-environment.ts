/**
 * The emulator's own Python environment below this checkout, with the pinned versions of requirements.txt. Made once,
 * by one process at a time, and made again when that file changes or when making it was interrupted.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeLock } from '../local/home-lock.ts';
import type { Lock } from '../local/home-lock.ts';
import { isCurfewError } from '../shared/model/errors.ts';
import { EmulatorMissing } from './missing.ts';
import { findPython } from './python.ts';
import { run } from './run.ts';

const requirementsFile = join(import.meta.dirname, 'requirements.txt');
/** Below the checkout, for all homes alike. */
export const folder = join(import.meta.dirname, '..', '.curfew', 'emulator');
const installSeconds = 600;
const waitSeconds = installSeconds + 60;

interface Wanted {
  at?: string;
  requirements?: string;
  /** Told when it must be made. */
  onSlow?: ((what: string) => void) | undefined;
}

/**
 * The path of a Python that has the emulator. Throws EmulatorMissing where this machine has no fit Python, or where
 * its package index cannot be reached.
 */
export async function pythonWithEmulator({
  at = folder,
  requirements = requirementsFile,
  onSlow,
}: Wanted = {}): Promise<string> {
  const wanted = digest(await readFile(requirements));
  const place = placeIn(at);
  if (await isComplete(place, wanted)) return place.python;
  onSlow?.('Making a Python environment for the emulator (once, about 20 s) ...');
  await mkdir(at, { recursive: true, mode: 0o700 });
  const lock = await waitForLock(at);
  try {
    if (!(await isComplete(place, wanted))) await make(place, requirements, wanted);
  } finally {
    await lock.release();
  }
  return place.python;
}

interface Place {
  venv: string;
  python: string;
  /** Written last: without it, or with another digest, the environment is only half of one. */
  marker: string;
}

function placeIn(at: string): Place {
  const venv = join(at, 'venv');
  return { venv, python: join(venv, 'bin', 'python'), marker: join(venv, 'requirements.sha256') };
}

/** The interpreter is a link: it dangles when the machine's Python has gone. */
async function isComplete({ python, marker }: Place, wanted: string): Promise<boolean> {
  return existsSync(python) && (await readFile(marker, 'utf8').catch(() => '')) === wanted;
}

async function make({ venv, python, marker }: Place, requirements: string, wanted: string): Promise<void> {
  const base = await findPython();
  await rm(venv, { recursive: true, force: true });
  await must(base, ['-m', 'venv', venv], 120, 'python -m venv failed');
  const install = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '-r', requirements];
  await must(python, install, installSeconds, 'pip could not install the emulator');
  await writeFile(marker, wanted);
}

async function must(program: string, args: string[], timeoutSeconds: number, failure: string): Promise<void> {
  const { ok, output } = await run(program, args, { timeoutSeconds });
  if (!ok) throw new EmulatorMissing(`${failure}: ${output.trim().slice(-1500)}`);
}

/** The lock is the operating system's: it ends with whoever held it. */
async function waitForLock(at: string): Promise<Lock> {
  for (const last = performance.now() + waitSeconds * 1000; ; await sleep(200)) {
    try {
      return await takeLock(at);
    } catch (error) {
      if (!isCurfewError(error, 'StateConflict')) throw error;
      if (performance.now() > last)
        throw new EmulatorMissing(
          `Another process has been making ${at} for ${waitSeconds} s: end it and try again.`,
        );
    }
  }
}

function digest(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
