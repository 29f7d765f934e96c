/** The emulator's life: it comes up where it is told to, on this machine alone, and ends with whoever started it. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { expect, it, onTestFinished } from 'vitest';
import { run } from '../../emulator/run.ts';
import { startEmulator } from '../../emulator/start.ts';
import { pythonWithEmulator } from '../../emulator/virtual-environment.ts';
import { freePort } from '../../local/free-port.ts';
import { temporaryFolder } from '../local/temporary-folder.ts';
import { clientConfig, describeOnEmulator } from '../support/emulator.ts';
import { until } from '../support/until.ts';

const root = join(import.meta.dirname, '..', '..');

describeOnEmulator('an emulator', () => {
  it('answers at the port it was given, and is gone with its folder when it is stopped', async () => {
    const port = await freePort();
    const emulator = await startEmulator({ port });
    onTestFinished(() => emulator.stop());
    expect(emulator.url).toBe(`http://127.0.0.1:${port}`);
    const { Roles } = await rolesAt(emulator.url);
    expect(Roles).toEqual([]);
    await emulator.stop();
    await expect(rolesAt(emulator.url)).rejects.toThrow();
    expect(isAlive(emulator.pid)).toBe(false);
    expect(existsSync(dirname(emulator.logFile))).toBe(false);
  });

  it('says which variable moves it where its port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await until(() => server.listening, 5);
    const { port } = server.address() as { port: number };
    await expect(startEmulator({ port })).rejects.toThrow(
      expect.objectContaining({
        code: 'StateConflict',
        message: `Port ${port} is taken: set EMULATOR_PORT to another one, or to 0 for a free one.`,
      }),
    );
  });

  it('does not start where its mends were made for another version', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'launcher.py');
    await cp(join(root, 'emulator'), folder, { recursive: true });
    await writeFile(file, (await readFile(file, 'utf8')).replace(/PINNED = ".*"/, 'PINNED = "1.5.0"'));
    const { ok, output } = await run(await pythonWithEmulator(), [file], { timeoutSeconds: 20 });
    expect(ok).toBe(false);
    expect(output).toContain('cannot mend this emulator: it expects that it is version 1.5.0');
  });

  it('ends with the process that started it, though that one is killed, and leaves nothing', async () => {
    const holder = spawn(process.execPath, [join(root, 'test', 'emulator', 'hold-emulator.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void holder.kill('SIGKILL'));
    const [said] = (await holder.stdout.take(1).toArray()) as [Buffer];
    const { pid, logFile } = JSON.parse(said.toString()) as { pid: number; logFile: string };
    expect(isAlive(pid)).toBe(true);
    holder.kill('SIGKILL');
    await until(() => !isAlive(pid) && !existsSync(dirname(logFile)), 10);
  });
});

function rolesAt(endpoint: string) {
  const iam = new IAMClient({ ...clientConfig('123456789012', endpoint), maxAttempts: 1 });
  return iam.send(new ListRolesCommand({}));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
