/** A process of ours that is ended in the middle of a change, and whose end no network tells of: as Lambda ends a function. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createClock } from '../../../local/clock.ts';
import { createConnections } from '../../../shared/connectors/postgresql/connections.ts';
import { createWorld, passwords } from './world.ts';
import type { World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.close());

test('holds no lock any more once the time of its call is over', async () => {
  const receipt = await world.grant('read');
  const { login } = receipt.names;
  const { host, port } = await world.root();
  const clock = createClock();
  const url = `postgres://curfew:${passwords.curfew}@${host}:${port}/postgres`;
  const connections = createConnections({ url, installation: 'test', home: 'postgres', clock });
  const call = world.call({ deadlineMs: clock.now() + 1500 });
  const dead = connections
    .use(call, 'postgres', async (session) => {
      await session.query(`BEGIN; ALTER ROLE "${login}" VALID UNTIL 'infinity'`);
      await wait(8000);
    })
    .catch(() => undefined);
  const open = () =>
    world.asRoot(
      `SELECT FROM pg_stat_activity WHERE usename = 'curfew' AND state LIKE 'idle in transaction%'`,
    );
  await expect.poll(open, { timeout: 1400 }).toHaveLength(1);
  await expect.poll(open, { timeout: 4000 }).toEqual([]);
  expect(await world.connector.revoke(world.call(), receipt)).toMatchObject({ found: true });
  await dead;
  await connections.close();
});
