/** `npm run emulator` runs once per checkout: a second start changes nothing of the first. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { startIssuer } from '../../emulator/issuer.ts';
import { announce, findRunning, type Running } from '../../emulator/running.ts';
import { pythonWithEmulator } from '../../emulator/virtual-environment.ts';
import { temporaryFolder } from '../local/temporary-folder.ts';
import { describeOnEmulator } from '../support/emulator.ts';
import { until } from '../support/until.ts';

const root = join(import.meta.dirname, '..', '..');

describeOnEmulator('npm run emulator', () => {
  let venv: string;

  beforeAll(async () => {
    venv = dirname(dirname(await pythonWithEmulator()));
  }, 120_000);

  it('is refused while it runs already, names that one, and leaves its file alone', async () => {
    const checkout = await copyOfCheckout(venv);
    const first = start(checkout);
    await until(() => first.said().includes('An AWS emulator is running'), 60);
    const file = join(checkout, '.curfew', 'emulator', 'running.json');
    const announced = await readFile(file, 'utf8');
    const { url, pid } = JSON.parse(announced) as Running;
    const second = start(checkout);
    expect(await second.ended).toBe(1);
    expect(second.said()).toContain(`runs already, at ${url} (pid ${pid})`);
    expect(await readFile(file, 'utf8')).toBe(announced);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(existsSync(file)).toBe(false);
  }, 120_000);

  it('says which variable moves the issuer where its port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await until(() => server.listening, 5);
    const { port } = server.address() as { port: number };
    await expect(startIssuer({ people: [], port })).rejects.toThrow(
      expect.objectContaining({
        code: 'StateConflict',
        message: `Port ${port} is taken: set EMULATOR_ISSUER_PORT to another one, or to 0 for a free one.`,
      }),
    );
  });
});

it('finds what runs only while it answers, and an end removes no file of another', async () => {
  const folder = await temporaryFolder();
  const issuer = await startIssuer({ people: [] });
  const { url, secret } = issuer;
  const running = { pid: process.pid, url, issuer: { url, secret }, ordersUrl: 'postgres://x@127.0.0.1/x' };
  const end = await announce(running, folder);
  expect(await findRunning(folder)).toEqual(running);
  await issuer.stop();
  expect(await findRunning(folder)).toBeUndefined();
  const file = join(folder, 'running.json');
  await writeFile(file, JSON.stringify({ ...running, pid: process.pid + 1 }));
  await end();
  expect(existsSync(file)).toBe(true);
  await writeFile(file, JSON.stringify(running));
  await end();
  expect(existsSync(file)).toBe(false);
});

/** What the emulator keeps lies below its checkout: one of its own, that shares all but the code of the emulator. */
async function copyOfCheckout(venv: string): Promise<string> {
  const checkout = await temporaryFolder();
  await cp(join(root, 'emulator'), join(checkout, 'emulator'), { recursive: true });
  for (const name of ['config', 'infra', 'local', 'node_modules', 'package.json', 'shared'])
    await symlink(join(root, name), join(checkout, name));
  const kept = join(checkout, '.curfew', 'emulator');
  await mkdir(kept, { recursive: true });
  await symlink(venv, join(kept, 'venv'));
  return checkout;
}

function start(checkout: string): { child: ChildProcess; ended: Promise<number | null>; said: () => string } {
  const { AWS_ENDPOINT_URL: _, ...env } = process.env;
  const child = spawn(process.execPath, [join(checkout, 'emulator', 'main.ts')], {
    env: { ...env, EMULATOR_PORT: '0', EMULATOR_ISSUER_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGTERM'));
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (more: string) => void (text += more));
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code));
  });
  return { child, ended, said: () => text };
}
