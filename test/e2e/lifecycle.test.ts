/** The main job from outside: over HTTP, and with a stock PostgreSQL client. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, becomes, grantOf, loginOf } from '../support/asking.ts';
import { connect, isAlive, owner, ownLogin, tryQuery } from '../support/postgres-client.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.remove());

describe('an automatic grant', () => {
  it('lets in, and ends on time: login refused, open session dead, read back and on record', async () => {
    const { id } = await ask(server, 'ana', 'read', '6s');
    const active = await becomes(server, id, 'active', 10);
    const login = await loginOf(server, 'ana', id);
    expect(await tryQuery(login)).toMatchObject({ rows: [{ count: '1500' }] });
    const session = await connect(login);
    const ended = await becomes(server, id, 'revoked', 20);
    expect(Date.parse(ended['closedAt'])).toBeGreaterThanOrEqual(Date.parse(active['expiresAt']));
    expect(ended).toMatchObject({
      wanted: { cause: 'expired' },
      outcome: 'revoked',
      evidence: { present: false },
    });
    expect(await tryQuery(login)).toHaveProperty('error');
    expect(await isAlive(session)).toBe(false);
  });

  it('survives what its grantee made meanwhile, and leaves nobody a right by it', async () => {
    const { id } = await ask(server, 'ben', 'admin', '8s');
    const { requestId } = await grantOf(server, id);
    await server.call('dora', 'POST', `/requests/${requestId}/approve`, {});
    await server.call('sam', 'POST', `/requests/${requestId}/approve`, {});
    await becomes(server, id, 'active', 10);
    const session = await connect(await loginOf(server, 'ben', id));
    await session.query(`
      CREATE TABLE shop.copy AS SELECT * FROM shop.customers;
      GRANT SELECT ON shop.copy TO PUBLIC;
      CREATE FUNCTION shop.peek() RETURNS SETOF shop.customers LANGUAGE sql SECURITY DEFINER AS 'SELECT * FROM shop.customers';
      CREATE VIEW shop.window AS SELECT * FROM shop.customers;
      GRANT SELECT ON shop.window TO cleo;
      ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO cleo`);
    await becomes(server, id, 'revoked', 25);
    const cleo = await ownLogin(server, 'cleo');
    const sql = await connect(await owner(server));
    await sql.query('GRANT USAGE ON SCHEMA shop TO cleo');
    for (const leak of ['SELECT * FROM shop.copy', 'SELECT * FROM shop.peek()', 'SELECT * FROM shop.window'])
      expect(await tryQuery(cleo, leak)).toHaveProperty('error');
    await sql.end();
  });

  it('is ended early by its grantee, session and all', async () => {
    const { id } = await ask(server, 'ana', 'read', '10m');
    await becomes(server, id, 'active', 10);
    const session = await connect(await loginOf(server, 'ana', id));
    const { status } = await server.call('ana', 'POST', `/grants/${id}/revoke`, { reason: 'done' });
    expect(status).toBe(202);
    await becomes(server, id, 'revoked', 10);
    expect(await isAlive(session)).toBe(false);
    expect((await server.call('ana', 'POST', `/grants/${id}/revoke`, { reason: 'again' })).status).toBe(200);
  });

  it('is extended, and then ends at the new time', async () => {
    const { id } = await ask(server, 'ana', 'read', '6s');
    const before = await becomes(server, id, 'active', 10);
    const { status, body } = await server.call('ana', 'POST', `/grants/${id}/extend`, {
      duration: '4s',
      reason: 'more',
    });
    expect([status, Date.parse(body['expiresAt']) - Date.parse(before['expiresAt'])]).toEqual([200, 4000]);
    const ended = await becomes(server, id, 'revoked', 25);
    expect(Date.parse(ended['closedAt'])).toBeGreaterThanOrEqual(Date.parse(body['expiresAt']));
  });
});

describe('a membership', () => {
  it('keeps a person in until the last of twenty overlapping grants ends, and out then, sessions too', async () => {
    const login = await ownLogin(server, 'ana');
    expect(await tryQuery(login)).toHaveProperty('error');
    const grants = await Promise.all(
      Array.from({ length: 20 }, (_, i) => ask(server, 'ana', 'oncall', `${6 + (i % 7)}s`)),
    );
    await Promise.all(grants.map(({ id }) => becomes(server, id, 'active', 15)));
    const session = await connect(login);
    expect((await session.query('SELECT count(*) FROM orders')).rows).toHaveLength(1);
    const results = await Promise.all(grants.map(({ id }) => becomes(server, id, 'revoked', 40)));
    const outcomes = results.map((grant) => grant['outcome']);
    expect(outcomes.filter((outcome) => outcome === 'still_held').length).toBeGreaterThan(0);
    expect(outcomes).toContain('revoked');
    expect(await tryQuery(login)).toHaveProperty('error');
    expect(await isAlive(session)).toBe(false);
  });

  it('leaves who was in before in', async () => {
    const sql = await connect(await owner(server));
    await sql.query('GRANT orders_oncall TO cleo');
    const { id } = await ask(server, 'cleo', 'oncall', '3s');
    const ended = await becomes(server, id, 'revoked', 20);
    expect(ended['outcome']).toBe('still_held');
    expect(await tryQuery(await ownLogin(server, 'cleo'))).toHaveProperty('rows');
    await sql.query('REVOKE orders_oncall FROM cleo');
    await sql.end();
  });
});

describe('two at once', () => {
  it('approvals make one decision', async () => {
    const { requestId } = await ask(server, 'ana', 'write', '5m');
    const both = await Promise.all(
      ['dora', 'mia'].map((who) => server.call(who, 'POST', `/requests/${requestId}/approve`, {})),
    );
    expect(both.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  });

  it('an extension and a revoke never bring access back', async () => {
    for (let round = 0; round < 5; round++) {
      const { id } = await ask(server, 'ana', 'read', '5m');
      await becomes(server, id, 'active', 10);
      const login = await loginOf(server, 'ana', id);
      await Promise.all([
        server.call('ana', 'POST', `/grants/${id}/extend`, { duration: '1m', reason: 'more' }),
        server.call('adam', 'POST', `/grants/${id}/revoke`, { reason: 'stop' }),
      ]);
      await becomes(server, id, 'revoked', 30);
      expect(await tryQuery(login)).toHaveProperty('error');
    }
  });
});
