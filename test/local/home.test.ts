/** The home folder: one process at a time, everything for its owner alone, and nothing lost to a crash. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openHome } from '../../local/home.ts';
import type { Home } from '../../local/home.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('the home folder', () => {
  it('is made where there is none, closed to other users with all that is in it', async () => {
    const dir = join(await temporaryFolder(), 'deep', 'home');
    const home = await open(dir);
    await home.announce({
      url: 'http://127.0.0.1:4280',
      postgres: { host: '127.0.0.1', port: 5432 },
      people: [],
    });
    await home.secrets.set('orders-db', 'postgres://...');

    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    const files = await readdir(dir);
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) expect([file, (await stat(join(dir, file))).mode & 0o077]).toEqual([file, 0]);
  });

  it('is closed to others when it was open to them', async () => {
    const dir = await temporaryFolder();
    await chmod(dir, 0o755);
    await open(dir);
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
  });

  it('is never a folder that holds other things', async () => {
    const dir = await temporaryFolder();
    await chmod(dir, 0o755);
    await writeFile(join(dir, 'letter'), 'dear');

    await expect(openHome({ dir })).rejects.toMatchObject({ code: 'StateConflict' });

    expect(await readdir(dir)).toEqual(['letter']);
    expect((await stat(dir)).mode & 0o777).toBe(0o755);
  });

  it('has the same secret and keys each time, and different ones elsewhere', async () => {
    const dir = await temporaryFolder();
    const first = await open(dir);
    await first.close();
    const again = await open(dir);
    const other = await open(await temporaryFolder());

    expect(again).toMatchObject({ localSecret: first.localSecret, issuerKeys: first.issuerKeys });
    expect(other.localSecret).not.toBe(first.localSecret);
    expect(other.issuerKeys).not.toEqual(first.issuerKeys);
  });

  it('says where the server is, only as long as it runs', async () => {
    const dir = await temporaryFolder();
    const home = await open(dir);
    await home.announce({
      url: 'http://127.0.0.1:4280',
      postgres: { host: '127.0.0.1', port: 5432 },
      people: [],
    });

    const file = JSON.parse(await readFile(join(dir, 'server.json'), 'utf8')) as Record<string, unknown>;
    expect(file).toEqual({
      pid: process.pid,
      url: 'http://127.0.0.1:4280',
      postgres: { host: '127.0.0.1', port: 5432 },
      people: [],
      startedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });

    await home.close();
    expect(await readdir(dir)).not.toContain('server.json');
  });

  it('remembers the address, so that a restart can take it again', async () => {
    const dir = await temporaryFolder();
    const home = await open(dir);
    expect(home.lastUrl).toBeUndefined();
    await home.announce({
      url: 'http://127.0.0.1:40001',
      postgres: { host: '127.0.0.1', port: 5432 },
      people: [],
    });
    await home.close();

    expect((await open(dir)).lastUrl).toBe('http://127.0.0.1:40001');
  });
});

describe('the lock', () => {
  it('refuses a second process, and names the first', async () => {
    const dir = await temporaryFolder();
    const holder = await hold(dir);

    await expect(openHome({ dir })).rejects.toMatchObject({
      code: 'StateConflict',
      message: expect.stringContaining(`pid ${holder.pid}`),
    });
  });

  it('refuses the same process, too', async () => {
    const dir = await temporaryFolder();
    await open(dir);
    await expect(openHome({ dir })).rejects.toMatchObject({ code: 'StateConflict' });
  });

  it('is free again after a close', async () => {
    const dir = await temporaryFolder();
    await (await open(dir)).close();
    await expect(open(dir)).resolves.toMatchObject({ dir });
  });

  it('is free again after a kill -9, and what the killed one said of itself is gone', async () => {
    const dir = await temporaryFolder();
    const holder = await hold(dir);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(await readdir(dir)).toContain('server.json');

    await open(dir);

    expect(await readdir(dir)).not.toContain('server.json');
    expect(await readFile(join(dir, 'pid'), 'utf8')).toBe(String(process.pid));
  });

  it('does not mind that the pid of a dead one belongs to somebody else by now', async () => {
    const dir = await temporaryFolder();
    await (await open(dir)).close();
    await writeFile(join(dir, 'pid'), String(process.ppid));

    await expect(open(dir)).resolves.toMatchObject({ dir });
  });

  it('lets exactly one of many in who come at once', async () => {
    const dir = await temporaryFolder();
    await mkdir(dir, { recursive: true });
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => open(dir)));
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
  });
});

describe('the secrets', () => {
  it('are there again after a restart', async () => {
    const dir = await temporaryFolder();
    const home = await open(dir);
    await Promise.all(['a', 'b', 'c'].map((name) => home.secrets.set(name, `value of ${name}`)));
    await home.close();

    const { secrets } = await open(dir);
    expect(await Promise.all(['a', 'b', 'c'].map((name) => secrets.get(name)))).toEqual([
      'value of a',
      'value of b',
      'value of c',
    ]);
  });

  it.each(['nobody', '__proto__', 'constructor'])('say so when there is none named %s', async (name) => {
    const { secrets } = await open(await temporaryFolder());
    await expect(secrets.get(name)).rejects.toMatchObject({ code: 'TargetUnavailable' });
  });

  it('say so when the file is damaged, without showing what is in it', async () => {
    const dir = await temporaryFolder();
    const { secrets } = await open(dir);
    await writeFile(join(dir, 'secrets.json'), '{"a": hunter2');

    const error: unknown = await secrets.get('a').catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'TargetUnavailable' });
    expect((error as Error).message).not.toContain('hunter2');
  });
});

async function open(dir: string): Promise<Home> {
  const home = await openHome({ dir });
  onTestFinished(() => home.close());
  return home;
}

/** A process of its own that has the home open. */
async function hold(dir: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'hold-home.ts'), dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(createInterface(child.stdout), 'line');
  return child;
}
