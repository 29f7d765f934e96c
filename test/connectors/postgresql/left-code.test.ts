/** Data that a grantee made is kept; code goes, because code that stays runs with the rights of whoever comes by. */
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, passwords } from './world.ts';
import type { World } from './world.ts';

let world: World;
let ben: Client;
let schema: string;

beforeAll(async () => {
  world = await createWorld();
  await world.asRoot(`CREATE SCHEMA yard; GRANT ALL ON SCHEMA yard TO PUBLIC; CREATE TABLE public.fired (by text);
    GRANT ALL ON public.fired TO PUBLIC; CREATE TABLE public.plain (a int, b text)`);
  ben = await world.connect('ben', passwords.ben);
  // In the application's own schema, where it can be: there the name is captured.
  schema = world.major >= 16 ? 'shop' : 'yard';
});
afterAll(() => world?.close());

/** Runs it as a grantee and revokes; gives what is left, without the database. */
async function after(...sql: string[]): Promise<string[]> {
  const receipt = await world.grant(world.major >= 16 ? 'admin' : 'write');
  const session = await world.logIn(receipt);
  for (const one of sql) await session.query(one);
  return revoked(receipt);
}

async function revoked(receipt: Parameters<World['connector']['revoke']>[1]): Promise<string[]> {
  const { found, left = [] } = await world.connector.revoke(world.call(), receipt);
  expect(found).toBe(true);
  expect((await world.connector.inspect(world.call(), receipt)).present).toBe(false);
  return left.map((line) => line.replace(/^orders: /, ''));
}

const fire = `BEGIN INSERT INTO public.fired VALUES (current_user); RETURN NULL; END`;

describe('of what a grantee made', () => {
  test("a function that captures a name of PostgreSQL's own is gone, and the name means what it meant", async () => {
    const left = await after(
      `CREATE FUNCTION ${schema}.upper(varchar) RETURNS text LANGUAGE plpgsql AS $$ BEGIN
         INSERT INTO public.fired VALUES (current_user); RETURN 'trap'; END $$`,
    );
    expect(left).toEqual([`dropped function ${schema}.upper(character varying)`]);
    const app = await world.root();
    await app.query(`SET ROLE orders_app; SET search_path = ${schema}, pg_catalog`);
    expect((await app.query(`SELECT upper('a'::varchar) AS up`)).rows).toEqual([{ up: 'A' }]);
    expect(await world.asRoot('SELECT FROM public.fired')).toEqual([]);
  });

  test('a table is kept with its rows, and nothing of it runs for whoever writes or reads', async () => {
    const left = await after(
      `CREATE FUNCTION yard.fire() RETURNS trigger LANGUAGE plpgsql AS $$ ${fire} $$`,
      `CREATE FUNCTION yard.check_it(int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
         INSERT INTO public.fired VALUES (current_user); RETURN true; END $$`,
      `CREATE FUNCTION yard.number() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
         INSERT INTO public.fired VALUES (current_user); RETURN 1; END $$`,
      `CREATE FUNCTION yard.twice(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 * 2'`,
      `CREATE TABLE yard.backup (a int DEFAULT yard.number() CHECK (yard.check_it(a)), b int,
         twice int GENERATED ALWAYS AS (yard.twice(a)) STORED, EXCLUDE (yard.twice(b) WITH =))`,
      'CREATE INDEX by_twice ON yard.backup (yard.twice(a))',
      'ALTER TABLE yard.backup ENABLE ROW LEVEL SECURITY',
      'CREATE POLICY look ON yard.backup USING (yard.check_it(a))',
      'INSERT INTO yard.backup (a) VALUES (7)',
      'CREATE TRIGGER fire AFTER INSERT ON yard.backup EXECUTE FUNCTION yard.fire()',
      'CREATE TRIGGER same BEFORE UPDATE ON yard.backup FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
      `CREATE RULE follow AS ON INSERT TO yard.backup DO ALSO INSERT INTO public.fired VALUES ('a rule')`,
      'DELETE FROM public.fired',
    );
    expect(left.filter((line) => line.startsWith('dropped')).toSorted()).toEqual([
      'dropped constraint backup_a_check of yard.backup',
      'dropped default of a of yard.backup',
      'dropped function yard.check_it(integer)',
      'dropped function yard.fire()',
      'dropped function yard.number()',
      'dropped function yard.twice(integer)',
      'dropped generation of twice of yard.backup',
      'dropped index yard.backup_twice_excl',
      'dropped index yard.by_twice',
      'dropped policy look on yard.backup',
      'dropped rule follow on yard.backup',
      'dropped trigger fire on yard.backup',
      'dropped trigger same on yard.backup',
    ]);
    expect(left).toContain('table yard.backup, now of curfew_test_estate');
    await world.asRoot('INSERT INTO yard.backup (a) VALUES (8)');
    const kept = await world.asRoot('SELECT a, twice FROM yard.backup ORDER BY a');
    expect(kept).toEqual([{ a: 7, twice: 14 }, { a: 8, twice: null }]); // biome-ignore format: rows
    expect(await world.asRoot('SELECT FROM public.fired')).toEqual([]);
    await world.asRoot('DROP TABLE yard.backup');
  });

  test('views, operators, casts, aggregates and conversions go, in an order that works', async () => {
    const left = await after(
      `CREATE FUNCTION yard.add(int, int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 + $2'`,
      'CREATE OPERATOR yard.|+| (LEFTARG = int, RIGHTARG = int, FUNCTION = yard.add)',
      'CREATE AGGREGATE yard.total(int) (SFUNC = yard.add, STYPE = int)',
      `CREATE AGGREGATE yard.many(*) (SFUNC = int8inc, STYPE = int8, INITCOND = '0')`,
      'CREATE AGGREGATE yard.middle(ORDER BY int) (SFUNC = yard.add, STYPE = int)',
      'CREATE VIEW yard.first AS SELECT 1 OPERATOR(yard.|+|) 2 AS three',
      'CREATE VIEW yard.second AS SELECT three FROM yard.first',
      'CREATE TYPE yard.pair AS (a int)',
      `CREATE FUNCTION yard.of_pair(yard.pair) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1.a'`,
      'CREATE CAST (yard.pair AS int) WITH FUNCTION yard.of_pair(yard.pair) AS IMPLICIT',
      `CREATE PROCEDURE yard."odd ""name; --"(INOUT a int) LANGUAGE sql AS 'SELECT 1'`,
      `CREATE CONVERSION yard.turn FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1`,
      `CREATE FUNCTION yard.uses_total() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT yard.total(three) FROM yard.second; END`,
    );
    expect(left.filter((line) => !line.startsWith('dropped'))).toEqual([
      'type yard.pair, now of curfew_test_estate',
    ]);
    expect(left).toHaveLength(13);
    const [rest] = await world.asRoot(
      `SELECT count(*)::int AS routines FROM pg_proc WHERE pronamespace = 'yard'::regnamespace`,
    );
    expect(rest).toEqual({ routines: 0 });
    await world.asRoot('DROP TYPE yard.pair');
  });

  test('two functions that hold on to each other go both', async () => {
    const left = await after(
      `CREATE FUNCTION yard.ping() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END`,
      `CREATE FUNCTION yard.pong() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT yard.ping(); END`,
      'CREATE VIEW yard.table_tennis AS SELECT yard.pong()',
      `CREATE OR REPLACE FUNCTION yard.ping() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT count(*)::int FROM yard.table_tennis; END`,
    );
    expect(left.toSorted()).toEqual([
      'dropped function yard.ping()',
      'dropped function yard.pong()',
      'dropped view yard.table_tennis',
    ]);
  });

  test("what another's things need is kept, without rights, out of the way, and named with them", async () => {
    const receipt = await world.grant(world.major >= 16 ? 'admin' : 'write');
    const session = await world.logIn(receipt);
    await session.query(
      `CREATE FUNCTION yard.score(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 * 3';
       CREATE VIEW yard.board AS SELECT yard.score(2) AS score; GRANT SELECT ON yard.board TO ben`,
    );
    await ben.query(
      `CREATE TABLE yard.games (a int, score int DEFAULT yard.score(1)); CREATE VIEW yard.wall AS SELECT * FROM yard.board`,
    );
    const left = await revoked(receipt);
    expect(left).toContain(
      'kept view yard.board, without rights, moved to schema curfew_test_estate: needed by rule "_RETURN" on yard.wall, type yard.wall, type yard.wall[], view yard.wall',
    );
    expect(left.join('\n')).toMatch(
      /kept function yard\.score\(integer\), without rights, moved to schema curfew_test_estate: needed by default value for yard\.games\.score/,
    );
    await expect(ben.query('SELECT yard.score(1)')).rejects.toThrow('does not exist');
    await expect(ben.query('SELECT curfew_test_estate.score(1)')).rejects.toThrow('permission denied');
    await expect(ben.query('SELECT * FROM yard.wall')).rejects.toThrow('permission denied');
    await ben.query('DROP TABLE yard.games; DROP VIEW yard.wall');
  });

  test('three thousand functions are dropped within one call, and their list stays short', async () => {
    const left = await after(
      `DO $$ BEGIN FOR i IN 1..3000 LOOP
         EXECUTE format('CREATE FUNCTION yard.f%s() RETURNS int LANGUAGE sql AS ''SELECT 1''', i); END LOOP; END $$`,
    );
    expect(left).toHaveLength(201);
    expect(left.at(-1)).toBe('and 2800 more');
    const [rest] = await world.asRoot(
      `SELECT count(*)::int AS routines FROM pg_proc WHERE pronamespace = 'yard'::regnamespace`,
    );
    expect(rest).toEqual({ routines: 0 });
  });
});
