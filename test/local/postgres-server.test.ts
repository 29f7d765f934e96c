/** The embedded PostgreSQL in the ordinary course: where it lies, who gets in, what a restart keeps. */
import {
  access,
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { removePostgres } from '../../local/postgres-remove.ts';
import { startPostgres } from '../../local/postgres-server.ts';
import type { PostgresServer } from '../../local/postgres-server.ts';
import { temporaryDataHome, temporaryFolder } from './temporary-folder.ts';

const asRoot = process.getuid?.() === 0;

describe('the embedded PostgreSQL, as it is started', () => {
  let home: string;
  let server: PostgresServer;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'curfew-test-'));
    server = await startPostgres({ dataHome: join(home, 'postgres') });
  });
  afterAll(async () => {
    await removePostgres(join(home, 'postgres'));
    await rm(home, { recursive: true, force: true });
  });

  it('lets the superuser in by its password, and nobody by another', async () => {
    expect(await query(server.superuserUrl, 'SELECT current_user AS it')).toBe('postgres');
    await expect(query(withPassword(server.superuserUrl, 'wrong'), 'SELECT 1 AS it')).rejects.toMatchObject({
      code: '28P01',
    });
  });

  it('asks every login for a password, by SCRAM', async () => {
    const rules = await query(
      server.superuserUrl,
      "SELECT string_agg(type || ' ' || address || ' ' || auth_method, ',') AS it FROM pg_hba_file_rules",
    );
    expect(rules).toBe('host 127.0.0.1 scram-sha-256');
  });

  it('listens on the loopback address only, and on no socket file', async () => {
    expect(server.host).toBe('127.0.0.1');
    expect(await query(server.superuserUrl, 'SHOW listen_addresses')).toBe('127.0.0.1');
    expect(await query(server.superuserUrl, 'SHOW unix_socket_directories')).toBe('');
  });

  it('has room for many grants, and a reserve that they cannot use up', async () => {
    expect(await query(server.superuserUrl, 'SHOW max_connections')).toBe('400');
    expect(await query(server.superuserUrl, 'SHOW reserved_connections')).toBe('10');
    expect(await query(server.superuserUrl, 'SHOW fsync')).toBe('on');
  });

  it('keeps its password in a file for our eyes only', async () => {
    const dataHome = join(home, 'postgres');
    expect((await stat(dataHome)).mode & 0o777).toBe(0o700);
    expect((await stat(join(dataHome, 'postgres-secret'))).mode & 0o777).toBe(0o600);
    expect(server.superuserUrl).toContain(await readFile(join(dataHome, 'postgres-secret'), 'utf8'));
  });
});

describe('the embedded PostgreSQL', () => {
  it('takes other settings where they are named', async () => {
    const server = await startPostgres({
      dataHome: await temporaryDataHome(),
      settings: { max_connections: '30' },
    });

    expect(await query(server.superuserUrl, 'SHOW max_connections')).toBe('30');
  });

  it('keeps data and password over a restart', async () => {
    const dataHome = await temporaryDataHome();
    const first = await startPostgres({ dataHome });
    await query(first.superuserUrl, "CREATE TABLE kept AS SELECT 'yes' AS it");
    await first.stop();

    const second = await startPostgres({ dataHome, port: first.port });
    expect(second).toMatchObject({ adopted: false, superuserUrl: first.superuserUrl });
    expect(await query(second.superuserUrl, 'SELECT it FROM kept')).toBe('yes');
  });

  it('ends open sessions when it stops, and is gone then', async () => {
    const server = await startPostgres({ dataHome: await temporaryDataHome() });
    const client = new Client({ connectionString: server.superuserUrl });
    await client.connect();
    const ended = new Promise((resolve) => client.on('error', resolve));
    void client.query('SELECT pg_sleep(100)').catch(() => undefined);

    await Promise.all([server.stop(), server.stop()]);

    expect(await ended).toBeInstanceOf(Error);
    expect(() => process.kill(server.pid, 0)).toThrow('ESRCH');
  });

  it('says when it ends unasked, and not when it was asked', async () => {
    const onExit = vi.fn();
    const asked = await startPostgres({ dataHome: await temporaryDataHome(), onExit });
    await asked.stop();
    const unasked = await startPostgres({ dataHome: await temporaryDataHome(), onExit });

    process.kill(unasked.pid, 'SIGINT');

    await expect.poll(() => onExit.mock.calls.length, { timeout: 20_000 }).toBe(1);
  });

  it('names the reason when it cannot start', async () => {
    const taken = createServer();
    onTestFinished(() => void taken.close());
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;

    await expect(startPostgres({ dataHome: await temporaryDataHome(), port })).rejects.toMatchObject({
      code: 'Unavailable',
      message: expect.stringMatching(/Address already in use/),
    });
  });

  it('is not disturbed by what an interrupted first start left', async () => {
    const dataHome = await temporaryDataHome();
    await (await startPostgres({ dataHome })).stop();
    const parent = dirname(await place(dataHome));
    await rm(join(parent, 'data'), { recursive: true });
    await mkdir(join(parent, 'new-0123'));
    await writeFile(join(parent, 'new-0123', 'half'), 'done');

    const server = await startPostgres({ dataHome });

    expect(await query(server.superuserUrl, 'SELECT 1 AS it')).toBe(1);
    expect((await readdir(parent)).filter((name) => name.startsWith('new-'))).toEqual([]);
  });
});

describe.runIf(asRoot)('as root', () => {
  it('runs as nobody, on data that nobody but it can read', async () => {
    const dataHome = await temporaryDataHome();
    const server = await startPostgres({ dataHome });

    const data = await stat(await place(dataHome));
    expect({ uid: data.uid, mode: data.mode & 0o777 }).toEqual({ uid: 65_534, mode: 0o700 });
    const parent = await stat(dirname(await place(dataHome)));
    expect({ uid: parent.uid, mode: parent.mode & 0o777 }).toEqual({ uid: 0, mode: 0o755 });
    if (process.platform === 'linux') {
      expect(await readFile(`/proc/${server.pid}/status`, 'utf8')).toMatch(
        /^Uid:\t65534\t65534\t65534\t65534$/m,
      );
      expect(await readFile(`/proc/${server.pid}/status`, 'utf8')).toMatch(
        /^Gid:\t65534\t65534\t65534\t65534$/m,
      );
    }
  });

  it('finds its data again when TMPDIR has changed, also to a place that nobody can enter', async () => {
    const dataHome = await temporaryDataHome();
    const first = await startPostgres({ dataHome });
    await query(first.superuserUrl, "CREATE TABLE kept AS SELECT 'yes' AS it");
    await first.stop();
    await changeTmpdir(await temporaryFolder());

    const second = await startPostgres({ dataHome });

    expect(await query(second.superuserUrl, 'SELECT it FROM kept')).toBe('yes');
  });

  it('uses no folder of temporary space that others may write to', async () => {
    const open = await temporaryFolder();
    await chmod(open, 0o755);
    await changeTmpdir(open);
    await mkdir(join(open, 'curfew-postgres-binaries'));
    await chmod(join(open, 'curfew-postgres-binaries'), 0o777);

    await expect(startPostgres({ dataHome: await temporaryDataHome() })).rejects.toMatchObject({
      code: 'Unavailable',
      message: expect.stringContaining('others may write there'),
    });
  });

  it('does not give the data of a deleted home to a new one of the same name', async () => {
    const dataHome = await temporaryDataHome();
    const old = await startPostgres({ dataHome });
    await query(old.superuserUrl, "CREATE TABLE kept AS SELECT 'yes' AS it");
    await rm(dataHome, { recursive: true });

    const fresh = await startPostgres({ dataHome });

    expect(fresh.adopted).toBe(false);
    await expect(query(fresh.superuserUrl, 'SELECT it FROM kept')).rejects.toThrow('does not exist');
    await expect
      .poll(() =>
        access(`/proc/${old.pid}/cwd`).then(
          () => true,
          () => false,
        ),
      )
      .toBe(false);
  });
});

async function query(url: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return Object.values(rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

function withPassword(url: string, password: string): string {
  return Object.assign(new URL(url), { password }).href;
}

/** As root the home has a link to it. */
async function place(dataHome: string): Promise<string> {
  return readlink(join(dataHome, 'data')).catch(() => join(dataHome, 'data'));
}

async function changeTmpdir(folder: string): Promise<void> {
  const before = process.env['TMPDIR'];
  onTestFinished(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });
  process.env['TMPDIR'] = folder;
}
