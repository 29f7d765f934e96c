/** Others are at work on the same things while a grant ends: their locks, their revokes, their changes to the login. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CurfewError } from '../../../shared/model/errors.ts';
import { createWorld, passwords } from './world.ts';
import type { World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
  await world.asRoot(`CREATE SCHEMA yard; GRANT ALL ON SCHEMA yard TO PUBLIC;
    GRANT TRIGGER ON ALL TABLES IN SCHEMA shop TO orders_write; GRANT USAGE ON SCHEMA shop TO PUBLIC;
    GRANT ALL ON shop.products TO ben`);
});
afterAll(() => world?.close());

describe('an ending that meets a lock', () => {
  test('says whose it is, keeps nobody waiting for long, and works afterwards', async () => {
    const receipt = await world.grant('write');
    const session = await world.logIn(receipt);
    await session.query(`CREATE FUNCTION yard.spy() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER spy BEFORE INSERT ON shop.products FOR EACH ROW EXECUTE FUNCTION yard.spy()`);
    const ben = await world.connect('ben', passwords.ben);
    await ben.query(`SET application_name = 'nightly report'; BEGIN; SELECT count(*) FROM shop.products`);
    const root = await world.root();
    let over = false;
    let longest = 0;
    const ending = world.connector
      .revoke(world.call(), receipt)
      .catch((thrown: unknown) => thrown)
      .finally(() => (over = true));
    const read = async () => {
      const asked = performance.now();
      await root.query('SELECT count(*) FROM shop.products');
      longest = Math.max(longest, performance.now() - asked);
      return over;
    };
    await expect.poll(read, { timeout: 10_000, interval: 1 }).toBe(true);
    const error = await ending;
    expect(error).toMatchObject({ code: 'Conflict', details: { effective: true } });
    const { message } = error as CurfewError;
    expect(message).toMatch(/drop its triggers: process \d+ of ben \(nightly report\) holds shop\.products/);
    expect(longest).toBeLessThan(1500);
    await ben.query('COMMIT');
    expect((await world.connector.revoke(world.call(), receipt)).left).toContain(
      'orders: dropped function yard.spy() with trigger spy on shop.products',
    );
  });
});

test('a login that somebody made a superuser is named, with the statement that lets it end', async () => {
  const receipt = await world.grant('read');
  const { login } = receipt.names;
  await world.asRoot(`ALTER ROLE "${login}" SUPERUSER`);
  const error = await world.connector.revoke(world.call(), receipt).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'RevokeBlocked', details: { effective: false } });
  const statement = /ALTER ROLE [^;]+;/.exec((error as CurfewError).message)?.[0] ?? '';
  expect(statement).toContain(login);
  await world.asRoot(statement);
  expect(await world.connector.revoke(world.call(), receipt)).toMatchObject({ found: true });
});

test('revokes of one login that race each other all end well, or say that another was faster', async () => {
  const other = world.another();
  try {
    for (let round = 0; round < 15; round += 1) {
      const receipt = await world.grant('write');
      const session = await world.logIn(receipt);
      await session.query('CREATE TABLE yard.mine (a int); CREATE VIEW yard.ours AS SELECT * FROM yard.mine');
      const outcomes = await Promise.all(
        [world.connector, other, world.connector, other].map(
          (connector) =>
          connector.revoke(world.call(), receipt).then(() => 'fine', (error: CurfewError) => error.code), // biome-ignore format: one thought
        ),
      );
      expect(outcomes).toContain('fine');
      for (const outcome of outcomes) expect(['fine', 'Conflict']).toContain(outcome);
      expect((await world.connector.inspect(world.call(), receipt)).present).toBe(false);
      await world.asRoot('DROP TABLE yard.mine CASCADE');
    }
  } finally {
    await other.close();
  }
});

test('an extension or a password that meets an ending is refused, and certainly changed nothing', async () => {
  for (let round = 0; round < 10; round += 1) {
    const receipt = await world.grant('read');
    const late = (['extend', 'credentials', 'extend', 'credentials'] as const).map(
      (what) =>
      world.connector[what](world.call(), receipt, world.end()).then(() => undefined, (error: unknown) => error), // biome-ignore format: one thought
    );
    await world.connector.revoke(world.call(), receipt);
    for (const error of await Promise.all(late))
      if (error !== undefined) expect(error).toMatchObject({ code: expect.stringMatching(/TargetRefused|Conflict/), details: { mayLand: false } }); // biome-ignore format: one thought
    expect((await world.connector.inspect(world.call(), receipt)).present).toBe(false);
  }
});
