/** What others did can keep a login from being dropped. It is out of use all the same, and the error says exactly what is missing. */
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CurfewError } from '../../../shared/model/errors.ts';
import type { Receipt } from '../../../shared/model/grant.ts';
import { createWorld, passwords } from './world.ts';
import type { World } from './world.ts';

let world: World;
let ben: Client;

beforeAll(async () => {
  world = await createWorld();
  await world.asRoot(
    'CREATE SCHEMA yard; GRANT ALL ON SCHEMA yard TO ben; GRANT USAGE ON SCHEMA yard TO PUBLIC',
  );
  ben = await world.connect('ben', passwords.ben);
});
afterAll(() => world?.close());

async function blocked(receipt: Receipt): Promise<CurfewError> {
  const outcome = await world.connector.revoke(world.call(), receipt).catch((error: unknown) => error);
  expect(outcome).toMatchObject({ code: 'RevokeBlocked', details: { effective: true } });
  return outcome as CurfewError;
}

async function shutOut(receipt: Receipt): Promise<void> {
  const [role] = await world.asRoot<{ login: boolean; roles: number; sessions: number }>(
    `SELECT rolcanlogin AS login, (SELECT count(*)::int FROM pg_auth_members WHERE member = r.oid) AS roles,
       (SELECT count(*)::int FROM pg_stat_activity WHERE usesysid = r.oid) AS sessions
     FROM pg_roles r WHERE rolname = $1`,
    [receipt.names['login']],
  );
  expect(role).toEqual({ login: false, roles: 0, sessions: 0 });
}

/** The statements that a message asks for: from its capital verb to the semicolon. */
function statementsOf(message: string): string[] {
  return message.match(/(REVOKE|GRANT|CREATE ROLE|DROP|ALTER) [^;]+;/g) ?? [];
}

describe('a revoke that is blocked', () => {
  test.each([
    ['a table', 'CREATE TABLE yard.a (x int); GRANT SELECT ON yard.a TO', 'DROP TABLE yard.a'],
    ['a column', 'CREATE TABLE yard.b (x int); GRANT UPDATE (x) ON yard.b TO', 'DROP TABLE yard.b'],
    ['a sequence', 'CREATE SEQUENCE yard.c; GRANT USAGE ON SEQUENCE yard.c TO', 'DROP SEQUENCE yard.c'],
    [
      'a function',
      `CREATE FUNCTION yard.d(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION yard.d TO`,
      'DROP FUNCTION yard.d',
    ],
    ['a type', 'CREATE DOMAIN yard.e AS int; GRANT USAGE ON DOMAIN yard.e TO', 'DROP DOMAIN yard.e'],
  ])(
    'by a right on %s that another gave names the very statement that is missing, and whose it is',
    async (_, grant, clean) => {
      const receipt = await world.grant('read');
      await ben.query(`${grant} "${receipt.names['login']}"`);
      const error = await blocked(receipt);
      await shutOut(receipt);
      expect(error.message).toContain('as ben run');
      for (const statement of statementsOf(error.message)) await ben.query(statement);
      expect(await world.connector.revoke(world.call(), receipt)).toMatchObject({ found: true });
      expect((await world.connector.inspect(world.call(), receipt)).present).toBe(false);
      await ben.query(clean);
    },
  );

  test('wakes for nobody: not for a grant that comes late, nor for an extension or a password', async () => {
    const receipt = await world.grant('read');
    const { login } = receipt.names;
    await ben.query(`CREATE TABLE yard.w (x int); GRANT SELECT ON yard.w TO "${login}"`);
    await blocked(receipt);
    for (const late of ['grant', 'extend', 'credentials'] as const)
      await expect(world.connector[late](world.call(), receipt, world.end())).rejects.toMatchObject({
        code: 'TargetRefused',
      });
    await shutOut(receipt);
    await ben.query('DROP TABLE yard.w');
    expect(await world.connector.revoke(world.call(), receipt)).toMatchObject({ found: true });
  });

  test('by a right on the database itself', async () => {
    const receipt = await world.grant('read');
    await world.asRoot(`GRANT TEMP ON DATABASE orders TO "${receipt.names['login']}"`);
    const error = await blocked(receipt);
    for (const statement of statementsOf(error.message)) await world.asRoot(statement);
    expect(await world.connector.revoke(world.call(), receipt)).toMatchObject({ found: true });
  });

  test("is not blocked by another's policy that names the login, and the policy goes on for others", async () => {
    const receipt = await world.grant('read');
    await ben.query(
      `CREATE TABLE yard.p (x int); CREATE POLICY watch ON yard.p TO "${receipt.names['login']}", cleo`,
    );
    expect(await world.connector.revoke(world.call(), receipt)).toMatchObject({ found: true });
    const policies = await world.asRoot(`SELECT roles::text FROM pg_policies WHERE policyname = 'watch'`);
    expect(policies).toEqual([{ roles: '{cleo}' }]);
  });

  test("is not blocked by another's default privileges for the login", async () => {
    const receipt = await world.grant('read');
    await ben.query(`ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO "${receipt.names['login']}"`);
    expect(await world.connector.revoke(world.call(), receipt)).toMatchObject({ found: true });
    await ben.query('ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO cleo');
  });

  test('because the estate may create nothing in a schema has already taken back what was given', async ({
    skip,
  }) => {
    if (world.major < 16) skip();
    await world.asRoot('GRANT CREATE ON SCHEMA yard TO orders_write');
    const receipt = await world.grant('write');
    const session = await world.logIn(receipt);
    await session.query(
      `CREATE COLLATION yard.plain FROM "C"; CREATE TABLE yard.copy AS SELECT * FROM shop.customers; GRANT SELECT ON yard.copy TO ben`,
    );
    await ben.query('SELECT FROM yard.copy');
    const checks = await world.connector.check(world.call());
    const warned = checks.filter((check) => !check.ok).map((check) => check.detail);
    expect(warned).toEqual([expect.stringContaining('ON SCHEMA yard TO curfew_test_estate;')]);
    const error = await blocked(receipt);
    await shutOut(receipt);
    expect(error.message).toContain('collation yard.plain');
    await expect(ben.query('SELECT FROM yard.copy')).rejects.toThrow('permission denied');
    for (const statement of statementsOf(error.message)) await world.asRoot(statement);
    const ended = await world.connector.revoke(world.call(), receipt);
    expect(ended.left).toEqual([
      'orders: collation yard.plain, now of curfew_test_estate',
      'orders: table yard.copy, now of curfew_test_estate',
    ]);
  });

  test('because a database is closed to Curfew says which', async () => {
    await world.asRoot('CREATE DATABASE closed');
    await world.asRoot('REVOKE CONNECT ON DATABASE closed FROM PUBLIC');
    await world.asRoot('CREATE TABLE public.t (a int)', [], 'closed');
    const receipt = await world.grant('read');
    await world.asRoot(`GRANT SELECT ON public.t TO "${receipt.names['login']}"`, [], 'closed');
    const error = await blocked(receipt);
    await shutOut(receipt);
    expect(error.message).toContain('GRANT CONNECT ON DATABASE closed TO curfew;');
    await world.asRoot('DROP DATABASE closed');
    expect(await world.connector.revoke(world.call(), receipt)).toMatchObject({ found: true });
  });
});
