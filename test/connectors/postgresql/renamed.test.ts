/** Names change while a grant runs: a database's administrator renames a login or a role. Access ends all the same. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, passwords } from './world.ts';
import type { World } from './world.ts';

let world: World;
const probe = 'UPDATE shop.orders SET status = status WHERE id = 1';

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.close());

async function may(user: string, password: string): Promise<boolean> {
  const client = await world.connect(user, password);
  return client.query(probe).then(() => true, () => false); // biome-ignore format: one thought
}

describe('a login made for a grant that somebody renamed', () => {
  test('is found by its mark: prolonged, given a password, and ended', async () => {
    const receipt = await world.grant('write');
    const { login } = receipt.names;
    await world.asRoot(`ALTER ROLE "${login}" RENAME TO renamed_login`);
    const reading = await world.connector.inspect(world.call(), receipt);
    expect(reading).toMatchObject({ present: true, facts: { login: 'renamed_login', madeAs: login } });
    await world.connector.grant(world.call(), receipt, world.end());
    expect(await world.asRoot('SELECT FROM pg_roles WHERE rolname = $1', [login])).toEqual([]);
    await world.connector.extend(world.call(), receipt, world.end(7200));
    const credentials = await world.connector.credentials(world.call(), receipt, world.end());
    expect(credentials).toMatchObject({ user: 'renamed_login' });
    const session = await world.logIn(receipt);
    await session.query(probe);
    const ended = await world.connector.revoke(world.call(), receipt);
    expect(ended).toEqual({ found: true, left: [`the login was called renamed_login by then`] });
    await expect(session.query(probe)).rejects.toThrow();
    expect(await world.asRoot(`SELECT FROM pg_roles WHERE rolname = 'renamed_login'`)).toEqual([]);
    expect((await world.connector.inspect(world.call(), receipt)).present).toBe(false);
  });

  test('ends although its old name is given to another, and that one does not stay either', async () => {
    const receipt = await world.grant('write');
    const { login } = receipt.names;
    await world.asRoot(`ALTER ROLE "${login}" RENAME TO renamed_login; CREATE ROLE "${login}" LOGIN`);
    if (world.major >= 16) await world.asRoot(`GRANT "${login}" TO curfew WITH ADMIN TRUE`);
    await world.connector.revoke(world.call(), receipt);
    expect(await world.asRoot(`SELECT FROM pg_roles WHERE rolname = 'renamed_login'`)).toEqual([]);
    expect((await world.connector.inspect(world.call(), receipt)).present).toBe(true);
    await world.connector.revoke(world.call(), receipt);
    expect((await world.connector.inspect(world.call(), receipt)).present).toBe(false);
  });

  test('cannot take its mark off', async () => {
    const receipt = await world.grant('write');
    const session = await world.logIn(receipt);
    const own = `COMMENT ON ROLE "${receipt.names['login']}" IS NULL`;
    await expect(session.query(own)).rejects.toThrow(/permission denied|must have|CREATEROLE/);
    await world.connector.revoke(world.call(), receipt);
  });
});

describe('a membership', () => {
  test('ends although the login has another name by now', async () => {
    const receipt = await world.grant('oncall');
    await world.asRoot(`ALTER ROLE ana RENAME TO ana_maria; ALTER ROLE ana_maria PASSWORD 'anew'`);
    try {
      expect(await may('ana_maria', 'anew')).toBe(true);
      const reading = await world.connector.inspect(world.call(), receipt);
      expect(reading).toMatchObject({ present: true, facts: { login: 'ana_maria', loginWas: 'ana' } });
      await world.connector.extend(world.call(), receipt, world.end());
      expect(await world.connector.revoke(world.call(), receipt)).toEqual({ found: true });
      expect(await may('ana_maria', 'anew')).toBe(false);
    } finally {
      await world.asRoot(`ALTER ROLE ana_maria RENAME TO ana; ALTER ROLE ana PASSWORD 'for-ana'`);
    }
  });

  test('ends although the permission role has another name by now', async () => {
    const receipt = await world.grant('oncall');
    await world.asRoot('ALTER ROLE orders_oncall RENAME TO orders_standby');
    try {
      expect(await may('ana', passwords.ana)).toBe(true);
      expect(await world.connector.revoke(world.call(), receipt)).toEqual({ found: true });
      expect(await may('ana', passwords.ana)).toBe(false);
    } finally {
      await world.asRoot('ALTER ROLE orders_standby RENAME TO orders_oncall');
    }
  });

  test('is not given to a login made anew under the same name, and that one keeps its sessions', async () => {
    await world.asRoot(`CREATE ROLE passing LOGIN PASSWORD 'x'; GRANT CONNECT ON DATABASE orders TO passing`);
    const receipt = await world.grant('oncall', { login: 'passing' });
    await world.asRoot(`REVOKE CONNECT ON DATABASE orders FROM passing; DROP ROLE passing;
      CREATE ROLE passing LOGIN PASSWORD 'x'; GRANT CONNECT ON DATABASE orders TO passing`);
    const session = await world.connect('passing', 'x');
    await expect(world.connector.grant(world.call(), receipt, world.end())).rejects.toMatchObject({
      code: 'TargetRefused',
      details: { mayLand: false },
    });
    expect(await world.connector.revoke(world.call(), receipt)).toEqual({ found: false });
    const reading = await world.connector.inspect(world.call(), receipt);
    expect(reading).toMatchObject({ present: false, facts: { loginMadeAnew: true } });
    await session.query('SELECT 1');
  });

  test('of a receipt that knows no more than names ends by them', async () => {
    const receipt = await world.grant('oncall');
    const { loginOid: _, roleOid: __, ...names } = receipt.names;
    expect(await world.connector.revoke(world.call(), { ...receipt, names })).toEqual({ found: true });
    expect(await may('ana', passwords.ana)).toBe(false);
  });
});
