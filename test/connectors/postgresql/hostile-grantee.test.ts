/**
 * A grantee uses the time to stay: whatever they make, give away or hold open, after the revoke nobody has a right by it
 * that they had not before, and what is left is named.
 */
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Receipt } from '../../../shared/model/grant.ts';
import { createWorld, passwords } from './world.ts';
import type { World } from './world.ts';

let world: World;
let ben: Client;

beforeAll(async () => {
  world = await createWorld({ max_prepared_transactions: '5' });
  // `yard` is open to everybody, as `public` is in databases that come from before 15.
  await world.asRoot(`CREATE SCHEMA yard; GRANT ALL ON SCHEMA yard TO PUBLIC; GRANT USAGE ON SCHEMA shop TO PUBLIC;
    GRANT TRIGGER, REFERENCES ON ALL TABLES IN SCHEMA shop TO orders_write`);
  await world.asRoot('GRANT TEMP ON DATABASE orders TO PUBLIC');
  await world.asRoot('CREATE DATABASE second');
  await world.asRoot(`GRANT CREATE ON SCHEMA public TO PUBLIC`, [], 'second');
  ben = await world.connect('ben', passwords.ben);
});
afterAll(() => world?.close());

async function act(...sql: string[]): Promise<{ receipt: Receipt; session: Client; login: string }> {
  const receipt = await world.grant('write');
  const session = await world.logIn(receipt);
  for (const one of sql) await session.query(one);
  return { receipt, session, login: receipt.names['login'] as string };
}

async function revoked(receipt: Receipt): Promise<string[]> {
  const outcome = await world.connector.revoke(world.call(), receipt);
  expect(outcome.found).toBe(true);
  expect((await world.connector.inspect(world.call(), receipt)).present).toBe(false);
  return outcome.left ?? [];
}

async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(() => 'it worked', (error: Error) => error.message); // biome-ignore format: one thought
}

describe('what a grantee made', () => {
  test('a copy of a table given to a friend is kept, named, and readable by nobody', async () => {
    const { receipt } = await act(
      'CREATE TABLE yard.copy AS SELECT * FROM shop.customers',
      'GRANT SELECT ON yard.copy TO ben, PUBLIC',
      'GRANT SELECT (name) ON yard.copy TO cleo',
    );
    expect((await ben.query('SELECT count(*) FROM yard.copy')).rowCount).toBe(1);
    expect(await revoked(receipt)).toEqual(['orders: table yard.copy, now of curfew_test_estate']);
    expect(await refusal(ben.query('SELECT count(*) FROM yard.copy'))).toMatch(/permission denied/);
    const kept = await world.asRoot('SELECT count(*)::int AS rows FROM yard.copy');
    expect(kept).toEqual([{ rows: 120 }]);
    const [acl] = await world.asRoot(
      `SELECT relacl::text AS relacl, (SELECT attacl::text FROM pg_attribute WHERE attrelid = c.oid AND attname = 'name') AS attacl
       FROM pg_class c WHERE relname = 'copy'`,
    );
    expect(JSON.stringify(acl)).not.toMatch(/ben|cleo|=r/);
  });

  test('a SECURITY DEFINER function is gone', async () => {
    const { receipt } = await act(
      `CREATE FUNCTION yard.peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM shop.customers'`,
    );
    expect((await ben.query('SELECT yard.peek()')).rowCount).toBe(1);
    expect(await revoked(receipt)).toEqual(['orders: dropped function yard.peek()']);
    expect(await refusal(ben.query('SELECT yard.peek()'))).toMatch(/does not exist/);
  });

  test('a view is gone, and what a materialized view holds is shown to nobody', async () => {
    const { receipt } = await act(
      'CREATE VIEW yard.window AS SELECT * FROM shop.customers',
      'CREATE MATERIALIZED VIEW yard.photo AS SELECT * FROM shop.customers',
      'GRANT SELECT ON yard.window, yard.photo TO ben',
    );
    expect((await ben.query('SELECT * FROM yard.window')).rowCount).toBe(120);
    expect(await revoked(receipt)).toHaveLength(2);
    expect(await refusal(ben.query('SELECT * FROM yard.window'))).toMatch(/does not exist/);
    expect(await refusal(ben.query('SELECT * FROM yard.photo'))).toMatch(/permission denied/);
    expect(await world.asRoot('SELECT FROM yard.photo')).toHaveLength(120);
  });

  test("a trigger on the application's table is gone, and the application goes on", async () => {
    const { receipt } = await act(
      `CREATE FUNCTION yard.spy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         EXECUTE 'GRANT SELECT ON shop.customers TO ben'; RETURN NEW; END $$`,
      'CREATE TRIGGER spy BEFORE INSERT ON shop.products FOR EACH ROW EXECUTE FUNCTION yard.spy()',
    );
    const left = await revoked(receipt);
    expect(left).toContain('orders: dropped function yard.spy() with trigger spy on shop.products');
    await world.asRoot(
      `SET ROLE orders_app; INSERT INTO shop.products (name, price_cents) VALUES ('a trap', 1)`,
    );
    expect(await refusal(ben.query('SELECT * FROM shop.customers'))).toMatch(/permission denied/);
  });

  test("a trigger on the application's table that runs PostgreSQL's own function is named", async () => {
    await world.asRoot(
      'CREATE TRIGGER before_the_grant BEFORE UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
    );
    const { receipt } = await act(
      'CREATE TRIGGER "odd one" BEFORE UPDATE ON shop.products FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
    );
    expect(await revoked(receipt)).toEqual([
      expect.stringMatching(
        /^orders: trigger "odd one" on shop\.products \(suppress_redundant_updates_trigger\(\)\) was made during the grant/,
      ),
    ]);
    await world.asRoot(
      'DROP TRIGGER "odd one" ON shop.products; DROP TRIGGER before_the_grant ON shop.orders',
    );
  });

  test("a foreign key does not keep the application's rows from being deleted", async () => {
    const { receipt } = await act(
      'CREATE TABLE yard.claim (product int REFERENCES shop.products)',
      'INSERT INTO yard.claim SELECT max(id) FROM shop.products',
    );
    expect((await revoked(receipt)).join()).toContain('dropped foreign key claim_product_fkey');
    await world.asRoot('DELETE FROM shop.products WHERE id = (SELECT max(product) FROM yard.claim)');
  });

  test('default privileges go with the login', async () => {
    const { receipt } = await act(
      'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ben',
      'ALTER DEFAULT PRIVILEGES IN SCHEMA yard GRANT ALL ON TABLES TO PUBLIC',
    );
    expect(await revoked(receipt)).toEqual([]);
    expect(
      await world.asRoot(`SELECT FROM pg_default_acl WHERE defaclrole::regrole::text ~ 'curfew'`),
    ).toEqual([]);
  });

  test('everything else that can be made is moved or dropped, in every database', async () => {
    const { receipt } = await act(
      'CREATE SEQUENCE yard.counter',
      `CREATE TYPE yard.mood AS ENUM ('good', 'bad')`,
      'CREATE TYPE yard.pair AS (a int, b int)',
      'CREATE DOMAIN yard.small AS int CHECK (value < 10)',
      `CREATE PROCEDURE yard.run() LANGUAGE sql AS 'SELECT 1'`,
      'CREATE AGGREGATE yard.total(int) (SFUNC = int4pl, STYPE = int)',
      'CREATE OPERATOR yard.|+| (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl)',
      'CREATE COLLATION yard.plain FROM "C"',
      'CREATE TEXT SEARCH DICTIONARY yard.words (TEMPLATE = simple)',
      'CREATE TABLE yard."odd ""name; --" (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY)',
      'CREATE STATISTICS yard.odds ON id, (id % 2) FROM yard."odd ""name; --"',
      'CREATE TEMP TABLE passing (a int)',
      'GRANT USAGE ON SEQUENCE yard.counter TO ben',
      'GRANT USAGE ON TYPE yard.mood TO ben',
      'GRANT ALL ON yard."odd ""name; --" TO ben WITH GRANT OPTION',
      'SELECT lo_from_bytea(0, $$secret$$)',
    );
    const elsewhere = await world.logIn(receipt, 'second');
    await elsewhere.query('CREATE TABLE public.hoard AS SELECT 1 AS a; GRANT SELECT ON hoard TO PUBLIC');
    const left = await revoked(receipt);
    for (const name of ['sequence yard.counter', 'type yard.mood', 'type yard.pair', 'type yard.small', 'dropped procedure yard.run()', 'dropped aggregate yard.total(integer)', 'dropped operator yard.|+|', 'collation yard.plain', 'text search dictionary yard.words', 'table yard."odd ""name; --"', 'statistics object yard.odds', 'large object']) // biome-ignore format: a plain list
      expect(left.join('\n')).toContain(`orders: ${name}`);
    expect(left).toContain('second: table public.hoard, now of curfew_test_estate');
    expect(await world.asRoot(`SELECT FROM pg_class WHERE relname = 'passing'`)).toEqual([]);
  });

  test('a schema of their own goes with all that is in it', async () => {
    await world.asRoot('GRANT CREATE ON DATABASE orders TO PUBLIC');
    try {
      const { receipt } = await act(
        `CREATE FUNCTION yard.older() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
        'CREATE SCHEMA den',
        'ALTER FUNCTION yard.older() SET SCHEMA den',
        'GRANT ALL ON SCHEMA den TO ben',
        'CREATE TABLE den.loot AS SELECT 1 AS a',
        `CREATE FUNCTION den.f() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
      );
      expect(await revoked(receipt)).toHaveLength(4);
      expect(await refusal(ben.query('CREATE TABLE den.mine (a int)'))).toMatch(/permission denied/);
    } finally {
      await world.asRoot('REVOKE CREATE ON DATABASE orders FROM PUBLIC');
    }
  });
});

describe('what a grantee gave away', () => {
  test('a right that was theirs to pass on is taken back from whoever got it', async () => {
    const { receipt, session, login } = await act();
    await ben.query(
      `CREATE TABLE yard.bens AS SELECT 1 AS a; GRANT SELECT ON yard.bens TO "${login}" WITH GRANT OPTION`,
    );
    await session.query('GRANT SELECT ON yard.bens TO cleo');
    const error = await world.connector.revoke(world.call(), receipt).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'RevokeBlocked', details: { effective: true } });
    const cleo = await world.connect('cleo', passwords.cleo);
    expect(await refusal(cleo.query('SELECT * FROM yard.bens'))).toMatch(/permission denied/);
    await ben.query('DROP TABLE yard.bens');
    await revoked(receipt);
  });

  test('whoever was put into the login is out', async () => {
    const { receipt, login } = await act();
    await world.asRoot(`GRANT "${login}" TO ben`);
    await ben.query('SELECT count(*) FROM shop.orders');
    await revoked(receipt);
    expect(await refusal(ben.query('SELECT count(*) FROM shop.orders'))).toMatch(/permission denied/);
  });

  test('another role that somebody gave the login is gone with it', async () => {
    const { receipt, login } = await act();
    await world.asRoot(`GRANT orders_admin TO "${login}"`);
    await revoked(receipt);
    const rows = await world.asRoot(
      'SELECT FROM pg_auth_members WHERE member NOT IN (SELECT oid FROM pg_roles)',
    );
    expect(rows).toEqual([]);
  });
});
