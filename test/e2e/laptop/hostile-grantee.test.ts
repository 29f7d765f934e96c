/** What a grantee of the whole system leaves behind in the database is of no use to anybody once the grant is over. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, becomes, credentialsOf, decide } from '../../support/asking.ts';
import { connect, type Login, owner, ownLogin, tryQuery } from '../../support/postgres-client.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { orders } from '../places/orders-db.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.remove());

it('survives what its grantee made meanwhile, and leaves nobody a right by it', async () => {
  const asked = await ask(server, 'ben', orders('admin'), '8s');
  for (const who of ['dora', 'sam']) await decide(server, who, 'approve', asked);
  await becomes(server, asked.id, 'active', 10);
  const session = await connect((await credentialsOf(server, 'ben', asked.id)) as unknown as Login);
  await session.query(`
    CREATE TABLE shop.copy AS SELECT * FROM shop.customers;
    GRANT SELECT ON shop.copy TO PUBLIC;
    CREATE FUNCTION shop.peek() RETURNS SETOF shop.customers LANGUAGE sql SECURITY DEFINER AS 'SELECT * FROM shop.customers';
    CREATE VIEW shop.window AS SELECT * FROM shop.customers;
    GRANT SELECT ON shop.window TO cleo;
    ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO cleo`);
  await becomes(server, asked.id, 'revoked', 25);
  const cleo = await ownLogin(server, 'cleo');
  const sql = await connect(await owner(server));
  await sql.query('GRANT USAGE ON SCHEMA shop TO cleo');
  for (const leak of ['SELECT * FROM shop.copy', 'SELECT * FROM shop.peek()', 'SELECT * FROM shop.window'])
    expect(await tryQuery(cleo, leak)).toHaveProperty('error');
  await sql.end();
});
