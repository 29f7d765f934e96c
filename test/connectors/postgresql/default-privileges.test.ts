/** A grantee has the rights of the permission role, and can set its default privileges: none of them outlives a grant. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorld, passwords } from './world.ts';
import type { World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
  await world.asRoot('CREATE ROLE app_parent; GRANT app_parent TO orders_write');
});
afterAll(() => world?.close());

async function rows(): Promise<number> {
  const found = await world.asRoot(
    `SELECT FROM pg_default_acl WHERE defaclrole::regrole::text IN ('orders_read', 'orders_write', 'orders_oncall', 'app_parent')`,
  );
  return found.length;
}

async function members(): Promise<unknown[]> {
  return world.asRoot(
    `SELECT roleid::regrole::text AS role, grantor::regrole::text AS giver FROM pg_auth_members
     WHERE member = 'curfew'::regrole AND roleid::regrole::text ~ '^orders_' ORDER BY 1, 2`,
  );
}

const tricks = (role: string) => [
  `ALTER DEFAULT PRIVILEGES FOR ROLE ${role} GRANT ALL ON TABLES TO PUBLIC`,
  `ALTER DEFAULT PRIVILEGES FOR ROLE ${role} IN SCHEMA shop GRANT SELECT ON TABLES TO ben WITH GRANT OPTION`,
  `ALTER DEFAULT PRIVILEGES FOR ROLE ${role} REVOKE ALL ON FUNCTIONS FROM PUBLIC, ${role}`,
  `ALTER DEFAULT PRIVILEGES FOR ROLE ${role} REVOKE ALL ON TYPES FROM PUBLIC`,
  `ALTER DEFAULT PRIVILEGES FOR ROLE ${role} GRANT ALL ON SEQUENCES TO ben, cleo`,
  `ALTER DEFAULT PRIVILEGES FOR ROLE ${role} GRANT ALL ON SCHEMAS TO ben`,
];

test.each([
  ['read', 'orders_read'],
  ['write', 'app_parent'],
])(
  'those that a grantee of %s sets for %s go with the grant, and keep nobody waiting',
  async (permission, role) => {
    const before = await members();
    const receipt = await world.grant(permission);
    const session = await world.logIn(receipt);
    for (const sql of tricks(role)) await session.query(sql);
    expect(await rows()).toBe(6);
    // Meanwhile the next is granted all the same, and check says what to run.
    const next = await world.grant(permission);
    const details = (await world.connector.check(world.call())).filter((one) => !one.ok).map((one) => one.detail); // biome-ignore format: one thought
    expect(details.join()).toContain(
      `ALTER DEFAULT PRIVILEGES FOR ROLE ${role} REVOKE ALL ON TABLES FROM PUBLIC, ${role};`,
    );
    const { left = [] } = await world.connector.revoke(world.call(), receipt);
    expect(left).toHaveLength(6);
    expect(left).toContain(`orders: default privileges of ${role} on TABLES for PUBLIC, taken back`);
    expect(await rows()).toBe(0);
    expect(await members()).toEqual(before);
    expect((await world.connector.revoke(world.call(), next)).left).toEqual([]);
  },
);

test('those that the grantee of a membership sets go with it, too', async () => {
  const receipt = await world.grant('oncall');
  const ana = await world.connect('ana', passwords.ana);
  await ana.query('ALTER DEFAULT PRIVILEGES FOR ROLE orders_oncall GRANT ALL ON TABLES TO ana');
  expect(await world.connector.revoke(world.call(), receipt)).toEqual({
    found: true,
    left: ['orders: default privileges of orders_oncall on TABLES for ana, taken back'],
  });
  expect(await rows()).toBe(0);
});

test('what check says to run mends them', async () => {
  for (const sql of tricks('orders_read')) await world.asRoot(sql);
  const details = (await world.connector.check(world.call())).map((one) => one.detail).join(' ');
  for (const sql of details.match(/ALTER DEFAULT PRIVILEGES [^;]+;/g) ?? []) await world.asRoot(sql);
  expect(await rows()).toBe(0);
});
