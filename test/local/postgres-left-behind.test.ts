/** What a killed process leaves behind: a server that still runs, or files that say so. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startPostgres } from '../../local/postgres-server.ts';
import { temporaryDataHome } from './temporary-folder.ts';

describe('after a kill -9', () => {
  it('adopts the server that lives on, with its sessions', async () => {
    const dataHome = await temporaryDataHome();
    let session: Client | undefined;
    const before = await startedAndKilled(dataHome, async ({ port }) => {
      const password = await readFile(join(dataHome, 'postgres-secret'), 'utf8');
      session = new Client({ host: '127.0.0.1', port, user: 'postgres', password });
      await session.connect();
    });

    const server = await startPostgres({ dataHome });

    expect(server).toMatchObject({ adopted: true, pid: before.pid, port: before.port });
    expect((await session?.query('SELECT 1 AS it'))?.rows).toEqual([{ it: 1 }]);
    await session?.end();
  });

  it('stops an adopted server, too', async () => {
    const dataHome = await temporaryDataHome();
    await startedAndKilled(dataHome);
    const server = await startPostgres({ dataHome });

    await server.stop();

    expect(await canConnect(server.superuserUrl)).toBe(false);
  });

  it('says when an adopted server ends unasked', async () => {
    const dataHome = await temporaryDataHome();
    await startedAndKilled(dataHome);
    const onExit = vi.fn();
    const server = await startPostgres({ dataHome, onExit });

    process.kill(server.pid, 'SIGINT');

    await expect.poll(() => onExit.mock.calls.length, { timeout: 20_000 }).toBe(1);
  });

  it('starts anew what was started with other settings', async () => {
    const dataHome = await temporaryDataHome();
    const before = await startedAndKilled(dataHome);

    const server = await startPostgres({ dataHome, settings: { max_connections: '30' } });

    expect(server.adopted).toBe(false);
    expect(server.pid).not.toBe(before.pid);
  });

  it('starts anew what does not know our password', async () => {
    const dataHome = await temporaryDataHome();
    const before = await startedAndKilled(dataHome);
    await writeFile(join(dataHome, 'postgres-secret'), 'another one');

    // The new one cannot let us in either; what counts is that the old one was not taken for ours, and is gone.
    await expect(startPostgres({ dataHome })).rejects.toMatchObject({
      code: 'Unavailable',
      message: expect.stringContaining('password authentication failed'),
    });
    await expect.poll(() => works(before.pid, dataHome), { timeout: 20_000 }).toBe(false);
  });

  it('starts again where the server was killed as well', async () => {
    const dataHome = await temporaryDataHome();
    const before = await startedAndKilled(dataHome);
    process.kill(before.pid, 'SIGKILL');
    await expect.poll(() => works(before.pid, dataHome), { timeout: 20_000 }).toBe(false);

    const server = await startPostgres({ dataHome });

    expect(server.adopted).toBe(false);
    expect(await canConnect(server.superuserUrl)).toBe(true);
  });

  it.runIf(process.platform === 'linux')('ends sessions that outlived a killed server', async () => {
    const dataHome = await temporaryDataHome();
    const before = await startPostgres({ dataHome });
    const session = new Client({ connectionString: before.superuserUrl });
    const ended = new Promise((resolve) => session.on('error', resolve));
    await session.connect();
    const busy = session.query('DO $$ BEGIN LOOP END LOOP; END $$').catch((error: unknown) => error);
    await expect.poll(() => isBusy(before.superuserUrl)).toBe(true);
    process.kill(before.pid, 'SIGKILL');
    await expect.poll(() => works(before.pid, dataHome)).toBe(false);

    const server = await startPostgres({ dataHome });

    expect(await canConnect(server.superuserUrl)).toBe(true);
    expect(await busy).toBeInstanceOf(Error);
    expect(await ended).toBeInstanceOf(Error);
  });

  it('leaves another program alone that has got the pid since', async () => {
    const dataHome = await temporaryDataHome();
    await (await startPostgres({ dataHome })).stop();
    const other = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
    onTestFinished(() => void other.kill());
    const data = await readlink(join(dataHome, 'data')).catch(() => join(dataHome, 'data'));
    await writeFile(
      join(data, 'postmaster.pid'),
      `${other.pid}\n${data}\n1\n5432\n\n127.0.0.1\n0 0\nready   \n`,
    );

    const server = await startPostgres({ dataHome });

    expect(server.adopted).toBe(false);
    expect(await canConnect(server.superuserUrl)).toBe(true);
    expect(other.exitCode ?? other.signalCode).toBeNull();
  });
});

interface Server {
  pid: number;
  port: number;
}

/** Starts a server from a process of its own, and kills that process. */
async function startedAndKilled(
  dataHome: string,
  meanwhile: (server: Server) => Promise<void> = async () => undefined,
): Promise<Server> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'hold-postgres.ts'), dataHome], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const server = JSON.parse(line) as Server;
  await meanwhile(server);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return server;
}

async function canConnect(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

async function isBusy(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rowCount } = await client.query(
    "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'DO %'",
  );
  await client.end();
  return rowCount === 1;
}

/** Is this the pid of a server on that data? A dead one is nobody's; where there is no /proc, alive must do. */
async function works(pid: number, dataHome: string): Promise<boolean> {
  if (process.platform !== 'linux') {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  }
  const data = await readlink(join(dataHome, 'data')).catch(() => join(dataHome, 'data'));
  return (await readlink(`/proc/${pid}/cwd`).catch(() => undefined)) === data;
}
