/** Memberships of a login that is the grantee's own: only what Curfew gave is taken, and nobody keeps it by a session. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, passwords } from './world.ts';
import type { World } from './world.ts';

let world: World;
const probe = 'UPDATE shop.orders SET status = status WHERE id = 1';

beforeAll(async () => {
  world = await createWorld();
  await world.asRoot('CREATE ROLE team; CREATE ROLE lead; GRANT CREATE ON DATABASE orders TO lead');
});
afterAll(() => world?.close());
afterEach(() =>
  world.asRoot(`DO $$ DECLARE m record; BEGIN
    FOR m IN SELECT pg_get_userbyid(roleid) AS role, pg_get_userbyid(member) AS name, pg_get_userbyid(grantor) AS giver
      FROM pg_auth_members WHERE pg_get_userbyid(member) IN ('ana', 'team') LOOP
      EXECUTE format('REVOKE %I FROM %I GRANTED BY %I CASCADE', m.role, m.name, m.giver);
    END LOOP; END $$`),
);

async function may(): Promise<boolean> {
  const ana = await world.connect('ana', passwords.ana);
  return ana.query(probe).then(() => true, () => false); // biome-ignore format: one thought
}

describe('a membership', () => {
  test('of somebody who is in by their team already is named, stays, and costs no session', async () => {
    await world.asRoot('GRANT orders_oncall TO team; GRANT team TO ana');
    const receipt = await world.grant('oncall');
    expect(receipt.stood).toBe(false);
    const session = await world.connect('ana', passwords.ana);
    expect(await world.connector.revoke(world.call(), receipt)).toEqual({ found: true });
    const reading = await world.connector.inspect(world.call(), receipt);
    expect(reading).toMatchObject({ present: false, heldBy: ['membership orders_oncall by way of team'] });
    await session.query(probe);
  });

  test('that another gave beside ours is named with who gave it', async ({ skip }) => {
    if (world.major < 16) skip();
    const receipt = await world.grant('oncall');
    await world.asRoot('GRANT orders_oncall TO ana');
    await world.connector.revoke(world.call(), receipt);
    const reading = await world.connector.inspect(world.call(), receipt);
    expect(reading).toMatchObject({
      present: false,
      heldBy: ['membership orders_oncall granted by postgres'],
    });
    expect(await may()).toBe(true);
  });

  test('that stood before 16 is told by the receipt, since there PostgreSQL keeps but one', async ({
    skip,
  }) => {
    if (world.major >= 16) skip();
    await world.asRoot('GRANT orders_oncall TO ana');
    const receipt = await world.connector.prepare(world.call(), world.intent('oncall'));
    expect(receipt.stood).toBe(true);
  });

  test('does not let anybody become the role, from 16 on', async ({ skip }) => {
    if (world.major < 16) skip();
    await world.grant('oncall');
    const ana = await world.connect('ana', passwords.ana);
    await expect(ana.query('SET ROLE orders_oncall')).rejects.toThrow('permission denied');
  });

  test('cuts a session that became the role while it could', async () => {
    await world.asRoot('GRANT orders_oncall TO ana');
    const ana = await world.connect('ana', passwords.ana);
    await ana.query('SET ROLE orders_oncall');
    await world.asRoot('REVOKE orders_oncall FROM ana');
    await ana.query(probe);
    const receipt = await world.grant('oncall');
    await world.connector.revoke(world.call(), receipt);
    await expect(ana.query(probe)).rejects.toThrow();
  });

  test('cuts a statement that is under way', async () => {
    const receipt = await world.grant('oncall');
    const ana = await world.connect('ana', passwords.ana);
    const running = ana.query('SELECT pg_sleep(60) FROM shop.orders').then(() => 'done', () => 'cut'); // biome-ignore format: one thought
    await world.connector.revoke(world.call(), receipt);
    expect(await running).toBe('cut');
    expect(await may()).toBe(false);
  });

  test('ends although the grantee comes back again and again', async () => {
    const receipt = await world.grant('oncall');
    const stop = new AbortController();
    let opened = 0;
    const knocking = Array.from({ length: 3 }, async () => {
      while (!stop.signal.aborted) {
        const ana = await world.connect('ana', passwords.ana);
        opened += 1;
        await ana.query(probe).catch(() => undefined);
        if (opened % 2 === 0) await ana.end();
      }
    });
    try {
      await expect.poll(() => opened, { timeout: 20_000 }).toBeGreaterThan(10);
      await world.connector.revoke(world.call(), receipt);
    } finally {
      stop.abort();
      await Promise.all(knocking);
    }
    expect(await may()).toBe(false);
  });

  test("leaves other people's sessions alone", async () => {
    const receipt = await world.grant('oncall');
    const ben = await world.connect('ben', passwords.ben);
    await world.connector.revoke(world.call(), receipt);
    await ben.query('SELECT 1');
  });

  test('of a login that is gone by now ends with success', async () => {
    await world.asRoot(`CREATE ROLE passing LOGIN PASSWORD 'x'`);
    const receipt = await world.grant('oncall', { login: 'passing' });
    await world.asRoot('DROP ROLE passing');
    expect(await world.connector.revoke(world.call(), receipt)).toEqual({ found: false });
    expect((await world.connector.inspect(world.call(), receipt)).present).toBe(false);
    await expect(world.connector.extend(world.call(), receipt, world.end())).rejects.toMatchObject({
      code: 'TargetRefused',
    });
  });

  test('of a superuser holds nothing back, and says why', async () => {
    await world.asRoot(`CREATE ROLE boss SUPERUSER LOGIN PASSWORD 'x'`);
    const receipt = await world.grant('oncall', { login: 'boss' });
    await world.connector.revoke(world.call(), receipt);
    const reading = await world.connector.inspect(world.call(), receipt);
    expect(reading).toMatchObject({ present: false, heldBy: ['superuser boss'] });
    await world.asRoot('DROP ROLE boss');
  });

  test('is given by twenty grants at once, and gone with the last', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const receipt = await world.connector.prepare(world.call(), world.intent('oncall'));
        return world.connector.grant(world.call(), receipt, world.end()).then(() => receipt, () => receipt); // biome-ignore format: one thought
      }),
    );
    expect(new Set(outcomes.map((receipt) => receipt.artefact)).size).toBe(1);
    expect(await may()).toBe(true);
    const [receipt] = outcomes as [(typeof outcomes)[0]];
    await world.connector.revoke(world.call(), receipt);
    expect(await may()).toBe(false);
  });
});

describe('preparing a membership refuses', () => {
  test.each([
    ['a grantee without a login of their own', { login: undefined }, /has no login of their own/],
    ['a login that is not there', { login: 'nobody-here' }, /no login "nobody-here"/],
    ['a role that nobody logs in as', { login: 'team' }, /no login "team"/],
    ["Curfew's own login", { login: 'curfew' }, /Curfew's own/],
  ])('%s', async (_, over, message) => {
    const outcome = world.connector.prepare(world.call(), world.intent('oncall', over));
    await expect(outcome).rejects.toMatchObject({
      code: 'TargetRefused',
      message: expect.stringMatching(message),
    });
  });
});
