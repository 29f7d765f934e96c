/** Others take every connection there is. Access still ends in time, by the one connection that Curfew never gives up. */
import type { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorld, passwords } from './world.ts';
import type { World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld({ max_connections: '25', superuser_reserved_connections: '3' });
  // Without the reserve that 16 and later can keep for Curfew.
  if (world.major >= 16) await world.asRoot('REVOKE pg_use_reserved_connections FROM curfew');
});
afterAll(() => world?.close());

test('with every slot taken, a login ends and so do its sessions', async () => {
  const receipts = [await world.grant('read'), await world.grant('read'), await world.grant('oncall')];
  const session = await world.logIn(receipts[0] as (typeof receipts)[0]);
  const taken = await takeAll();
  expect(taken.length).toBeGreaterThan(5);
  await Promise.all(receipts.map((receipt) => world.connector.revoke(world.call(), receipt)));
  for (const receipt of receipts)
    expect((await world.connector.inspect(world.call(), receipt)).present).toBe(false);
  await expect(session.query('SELECT 1')).rejects.toThrow(/terminat|queryable/);
  await Promise.all(taken.map((client) => client.end()));
});

test('a process that had no connection yet says that the server is full, and that nothing was done', async () => {
  const receipt = await world.connector.prepare(world.call(), world.intent('read'));
  const taken = await takeAll();
  const late = world.another();
  await expect(late.grant(world.call(), receipt, world.end())).rejects.toMatchObject({
    code: 'TargetUnavailable',
    details: { mayLand: false },
  });
  await late.close();
  await Promise.all(taken.map((client) => client.end()));
});

test('check says how to keep places for Curfew', async ({ skip }) => {
  if (world.major < 16) skip();
  const checks = await world.connector.check(world.call());
  const room = checks.find((one) => one.name === 'connections');
  expect(room?.ok).toBe(false);
  expect(room?.detail).toContain('GRANT pg_use_reserved_connections TO curfew;');
});

async function takeAll(): Promise<Client[]> {
  const taken: Client[] = [];
  for (;;) {
    const client = await world.connect('ben', passwords.ben).catch(() => undefined);
    if (!client) return taken;
    taken.push(client);
  }
}
