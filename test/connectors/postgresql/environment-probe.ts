/** Starts a server, grants and revokes: run by environment.test.ts in a process of its own, with an environment of its own. */
import { createWorld } from './world.ts';

const world = await createWorld();
try {
  const receipt = await world.grant('read');
  const session = await world.logIn(receipt);
  await session.query('SELECT count(*) FROM shop.orders');
  await world.connector.revoke(world.call(), receipt);
  const checks = await world.connector.check(world.call());
  const [ours] = await world.asRoot<{ names: string[] }>(
    `SELECT array_agg(DISTINCT application_name) AS names FROM pg_stat_activity WHERE usename = 'curfew'`,
  );
  const failed = checks.filter((check) => !check.ok).map((check) => check.detail);
  console.log(JSON.stringify({ failed, ours: ours?.names }));
} finally {
  await world.close();
}
