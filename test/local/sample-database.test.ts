/** The sample database: engineers see nothing in it, Curfew's login is no superuser, and it can be made again over itself. */
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres } from '../../local/postgres-server.ts';
import type { PostgresServer } from '../../local/postgres-server.ts';
import { createSampleDatabase, engineers } from '../../local/sample-database.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removePostgres } from '../../local/postgres-remove.ts';

let folder: string;
let server: PostgresServer;
let curfewUrl: string;
const passwords = { curfew: 'for-curfew', ana: 'for-ana', ben: 'for-ben', cleo: 'for-cleo' };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curfew-sample-'));
  server = await startPostgres({ dataHome: join(folder, 'postgres'), settings: { fsync: 'off' } });
  ({ curfewUrl } = await make());
});
afterAll(async () => {
  await server?.stop();
  await removePostgres(join(folder, 'postgres'));
  await rm(folder, { recursive: true, force: true });
});

function make(over: Partial<typeof passwords> = {}) {
  const { superuserUrl } = server;
  return createSampleDatabase({ superuserUrl, installation: 'test', passwords: { ...passwords, ...over } });
}

async function query(url: string, sql: string, database = 'orders'): Promise<unknown[]> {
  const to = new URL(url);
  to.pathname = `/${database}`;
  const client = new Client({ connectionString: to.href });
  await client.connect();
  return client.query(sql).then(({ rows }) => rows).finally(() => void client.end()); // biome-ignore format: one thought
}

function urlOf(login: string, password: string): string {
  const url = new URL(server.superuserUrl);
  url.username = login;
  url.password = password;
  return url.href;
}

test('holds orders that look like orders', async () => {
  const [row] = await query(
    server.superuserUrl,
    `SELECT count(*)::int AS orders, count(DISTINCT customer_id)::int AS customers, count(DISTINCT status)::int AS statuses FROM shop.orders`,
  );
  expect(row).toEqual({ orders: 1500, customers: 120, statuses: 4 });
});

test('lets engineers connect and see nothing', async () => {
  for (const login of engineers) {
    const url = urlOf(login, passwords[login]);
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await expect(query(url, 'SELECT * FROM shop.orders')).rejects.toThrow('permission denied');
    await expect(query(url, 'CREATE TEMP TABLE t (a int)')).rejects.toThrow('permission denied');
  }
});

test("makes Curfew's login without superuser's rights or those of its grantees", async () => {
  const [row] = await query(
    curfewUrl,
    'SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user',
  );
  expect(row).toEqual({ rolsuper: false, rolcreaterole: true });
  await expect(query(curfewUrl, 'SELECT * FROM shop.orders')).rejects.toThrow('permission denied');
});

test('may be made again: what is there stays, passwords are set anew', async () => {
  await query(server.superuserUrl, `UPDATE shop.orders SET status = 'returned' WHERE id = 1`);
  await make({ ana: 'another' });
  expect(await query(server.superuserUrl, 'SELECT status FROM shop.orders WHERE id = 1')).toEqual([{ status: 'returned' }]); // biome-ignore format: one thought
  await query(urlOf('ana', 'another'), 'SELECT 1');
  await expect(query(urlOf('ana', 'for-ana'), 'SELECT 1')).rejects.toThrow('password');
});
