/** `npm run reset`: deletes what a local Curfew remembers, and only that, and never behind a running server's back. */
import { execFile } from 'node:child_process';
import { access, readlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { openHome } from '../../local/home.ts';
import { startPostgres } from '../../local/postgres-server.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('npm run reset', () => {
  it('deletes the home and the data of its PostgreSQL, wherever that is', async () => {
    const dir = join(await temporaryFolder(), 'home');
    const home = await openHome({ dir });
    const server = await startPostgres({ dataHome: home.postgresHome });
    const data = await readlink(join(home.postgresHome, 'data')).catch(() => join(home.postgresHome, 'data'));
    await home.close();

    const { code } = await reset(dir, '--yes');

    expect(code).toBe(0);
    expect(await there(dir)).toBe(false);
    expect(await there(process.getuid?.() === 0 ? dirname(data) : data)).toBe(false);
    await server.stop();
  });

  it('refuses while a server runs there', async () => {
    const dir = join(await temporaryFolder(), 'home');
    const home = await openHome({ dir });

    const { code, stdout } = await reset(dir, '--yes');

    expect(code).toBe(1);
    expect(stdout).toContain(`pid ${process.pid}`);
    expect(await there(dir)).toBe(true);
    await home.close();
  });

  it('does nothing without a terminal to ask at', async () => {
    const dir = join(await temporaryFolder(), 'home');
    await (await openHome({ dir })).close();

    const { code, stdout } = await reset(dir);

    expect(code).toBe(2);
    expect(stdout).toContain('--yes');
    expect(await there(dir)).toBe(true);
  });

  it('leaves a folder alone that is no home', async () => {
    const dir = await temporaryFolder();
    await writeFile(join(dir, 'letter'), 'dear');

    const { code } = await reset(dir, '--yes');

    expect(code).toBe(0);
    expect(await there(join(dir, 'letter'))).toBe(true);
  });
});

async function reset(dir: string, ...args: string[]): Promise<{ code: number; stdout: string }> {
  const script = join(import.meta.dirname, '..', '..', 'local', 'reset.ts');
  const env = { ...process.env, CURFEW_HOME: dir };
  const run = promisify(execFile)(process.execPath, [script, ...args], { env });
  run.child.stdin?.end();
  return run.then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => ({ code: error.code, stdout: error.stdout }),
  );
}

async function there(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
