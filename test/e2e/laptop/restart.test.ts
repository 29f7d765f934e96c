/** `kill -9` of the server, with grants in every state: after the restart each reaches its right end. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, becomes, credentialsOf, grantOf } from '../../support/asking.ts';
import { connect, isAlive, type Login, owner, tryQuery } from '../../support/postgres-client.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { orders } from '../places/orders-db.ts';

const loginOf = async (who: string, id: string) => (await credentialsOf(server, who, id)) as unknown as Login;

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.remove());

/** Nobody can make, change or drop a login while this is held. */
async function lockLogins(): Promise<() => Promise<void>> {
  const sql = await connect(await owner(server));
  await sql.query('BEGIN; LOCK TABLE pg_catalog.pg_authid IN SHARE MODE');
  return async () => {
    await sql.query('COMMIT');
    await sql.end();
  };
}

it('ends what fell due while it was dead, and holds what is not due yet', async () => {
  const short = await ask(server, 'ana', orders('read'), '4s');
  const long = await ask(server, 'ben', orders('read'), '60s');
  const pending = await ask(server, 'ana', orders('write'), '60s');
  await becomes(server, short.id, 'active');
  await becomes(server, long.id, 'active');
  const login = await loginOf('ana', short.id);
  const session = await connect(login);
  const token = await server.token('ben');
  await server.kill();
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  expect(await isAlive(session)).toBe(true);
  await server.start();
  const ready = Date.now();
  const ended = await becomes(server, short.id, 'revoked', 5);
  expect(Date.parse(ended['closedAt']) - ready).toBeLessThan(5_000);
  expect(await isAlive(session)).toBe(false);
  expect(await tryQuery(login)).toHaveProperty('error');
  expect((await grantOf(server, long.id))['status']).toBe('active');
  expect(await tryQuery(await loginOf('ben', long.id))).toHaveProperty('rows');
  await server.call('dora', 'POST', `/requests/${pending.requestId}/approve`, {});
  await becomes(server, pending.id, 'active', 5);
  expect((await server.call({ token }, 'GET', '/me')).status).toBe(200);
});

it('goes on with a grant that was being made, and with a revoke that was under way', async () => {
  const ending = await ask(server, 'ana', orders('read'), '60s');
  await becomes(server, ending.id, 'active');
  const login = await loginOf('ana', ending.id);
  const unlock = await lockLogins();
  const making = await ask(server, 'ben', orders('read'), '60s');
  await becomes(server, making.id, 'granting');
  await server.call('adam', 'POST', `/grants/${ending.id}/revoke`, { reason: 'stop' });
  await becomes(server, ending.id, 'revoking');
  await server.kill();
  await unlock();
  await server.start();
  await becomes(server, ending.id, 'revoked', 5);
  expect(await tryQuery(login)).toHaveProperty('error');
  await becomes(server, making.id, 'active', 5);
});

it('ends a grant that was revoked while it was being made, whatever lands later', async () => {
  const unlock = await lockLogins();
  const making = await ask(server, 'cleo', orders('read'), '60s');
  await becomes(server, making.id, 'granting');
  await server.call('cleo', 'POST', `/grants/${making.id}/revoke`, { reason: 'changed my mind' });
  await server.kill();
  await server.start();
  await unlock();
  await becomes(server, making.id, 'revoked', 20);
  const sql = await connect(await owner(server));
  expect(
    (await sql.query('SELECT FROM pg_roles WHERE rolname = $1', [`curfew_local_${making.id}`])).rowCount,
  ).toBe(0);
  await sql.end();
});
