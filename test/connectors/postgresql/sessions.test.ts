/** A revoke ends what is open at the server, whatever it holds or waits for, and never waits for it. */
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Receipt } from '../../../shared/model/grant.ts';
import { createWorld } from './world.ts';
import type { World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld({ max_prepared_transactions: '5' });
});
afterAll(() => world?.close());

async function ended(receipt: Receipt): Promise<void> {
  expect(await world.connector.revoke(world.call(), receipt)).toMatchObject({ found: true });
  expect((await world.connector.inspect(world.call(), receipt)).present).toBe(false);
  const rest = await world.asRoot(
    `SELECT FROM pg_stat_activity WHERE usesysid IS NOT NULL AND usesysid NOT IN (SELECT oid FROM pg_roles)`,
  );
  expect(rest).toEqual([]);
}

async function fate(work: Promise<unknown>): Promise<string> {
  return work.then(() => 'it worked', (error: Error) => error.message); // biome-ignore format: one thought
}

describe('a revoke ends a session', () => {
  test('that holds locks in an open transaction', async () => {
    const receipt = await world.grant('write');
    const session = await world.logIn(receipt);
    await session.query(
      'BEGIN; UPDATE shop.orders SET status = $$paid$$; LOCK shop.products IN EXCLUSIVE MODE',
    );
    await ended(receipt);
    expect(await fate(session.query('COMMIT'))).not.toBe('it worked');
    const paid = await world.asRoot(`SELECT FROM shop.orders WHERE status <> 'paid' LIMIT 1`);
    expect(paid).toHaveLength(1);
  });

  test('that is in the middle of a statement', async () => {
    const receipt = await world.grant('read');
    const session = await world.logIn(receipt);
    const sleeping = fate(session.query('SELECT pg_sleep(60)'));
    await ended(receipt);
    expect(await sleeping).toMatch(/terminat/);
  });

  test('that holds the very row which says who may log in', async () => {
    const receipt = await world.grant('read');
    const session = await world.logIn(receipt);
    await session.query(`BEGIN; ALTER ROLE CURRENT_USER PASSWORD 'mine-now'`);
    await ended(receipt);
  });

  test('that prepared a transaction to outlive it', async () => {
    const receipt = await world.grant('write');
    const session = await world.logIn(receipt);
    await session.query(
      `BEGIN; UPDATE shop.orders SET status = 'paid'; ALTER ROLE CURRENT_USER PASSWORD 'mine-now'`,
    );
    await session.query(`PREPARE TRANSACTION 'it''s "mine"'`);
    await ended(receipt);
    expect(await world.asRoot('SELECT FROM pg_prepared_xacts')).toEqual([]);
  });

  test('and every other that comes back at once, again and again', async () => {
    const receipt = await world.grant('read');
    const credentials = await world.connector.credentials(world.call(), receipt, world.end());
    const { user, password } = credentials as Record<string, string>;
    const stop = new AbortController();
    let opened = 0;
    const comeBack = async () => {
      while (!stop.signal.aborted) {
        const client: Client | undefined = await world
          .connect(user as string, password as string)
          .catch(() => undefined);
        if (client) opened += 1;
        await client?.query(`BEGIN; ALTER ROLE CURRENT_USER PASSWORD 'mine-now'`).catch(() => undefined);
      }
    };
    const knocking = Array.from({ length: 4 }, comeBack);
    try {
      await expect.poll(() => opened, { timeout: 20_000 }).toBeGreaterThan(3);
      await ended(receipt);
    } finally {
      stop.abort();
      await Promise.all(knocking);
    }
  });

  test('up to the number that a login may have, and no more can be opened', async () => {
    const receipt = await world.grant('read');
    const call = world.call();
    const small = { ...call.integration, target: { ...call.integration.target, connectionLimit: 2 } };
    const limited = await world.connector.prepare(world.call({ integration: small }), world.intent('read'));
    await world.connector.grant(world.call({ integration: small }), limited, world.end());
    const sessions = [await world.logIn(limited), await world.logIn(limited)];
    await expect(world.logIn(limited)).rejects.toThrow('too many connections');
    await ended(limited);
    for (const session of sessions) expect(await fate(session.query('SELECT 1'))).not.toBe('it worked');
    await ended(receipt);
  });
});

describe('the connector goes on', () => {
  test('when its own sessions are killed', async () => {
    const receipt = await world.grant('read');
    await world.asRoot(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'curfew'`);
    await expect
      .poll(() => fate(world.connector.inspect(world.call(), receipt)), { timeout: 10_000 })
      .toBe('it worked');
    await ended(receipt);
  });

  test('after a rest, in which it holds no connection', async () => {
    const receipt = await world.grant('read');
    await world.connector.rest?.();
    const ours = () => world.asRoot(`SELECT pid FROM pg_stat_activity WHERE usename = 'curfew'`);
    await expect.poll(ours, { timeout: 10_000 }).toEqual([]);
    await ended(receipt);
  });

  test('with at most eight connections, and names them', async () => {
    const receipts = await Promise.all(Array.from({ length: 30 }, () => world.grant('read')));
    const [row] = await world.asRoot<{ count: number; named: boolean }>(
      `SELECT count(*)::int AS count, bool_and(application_name = 'curfew:test') AS named
       FROM pg_stat_activity WHERE usename = 'curfew'`,
    );
    expect(row?.count).toBeLessThanOrEqual(8);
    expect(row?.named).toBe(true);
    await Promise.all(receipts.map((receipt) => ended(receipt)));
  });
});

describe('a call that was stopped', () => {
  test('while it was committing does not land after the revoke that comes next', async () => {
    const receipt = await world.connector.prepare(world.call(), world.intent('read'));
    const stop = new AbortController();
    await commitsWait(true);
    try {
      const stopped = fate(world.connector.grant(world.call({ signal: stop.signal }), receipt, world.end()));
      await expect.poll(waiting).toHaveLength(1);
      const [committing] = await waiting();
      stop.abort();
      expect(await stopped).not.toBe('it worked');
      let settled = false;
      const ending = world.connector.revoke(world.call(), receipt).finally(() => (settled = true));
      // Either it saw the login, and waits at its own commit by now; or it is done, having seen none.
      await expect
        .poll(async () => settled || (await waiting()).some(({ pid }) => pid !== committing?.pid))
        .toBe(true);
      await commitsWait(false);
      expect(await ending).toMatchObject({ found: true });
    } finally {
      await commitsWait(false);
    }
    expect((await world.connector.inspect(world.call(), receipt)).present).toBe(false);
  });

  /** Commits wait for a standby that there is none of; meanwhile nobody sees what they did. */
  async function commitsWait(wait: boolean): Promise<void> {
    await world.asRoot(`ALTER SYSTEM SET synchronous_standby_names = '${wait ? 'nobody' : ''}'`);
    await world.asRoot('SELECT pg_reload_conf()');
    await expect
      .poll(() => world.asRoot('SHOW synchronous_standby_names'))
      .toEqual([{ synchronous_standby_names: wait ? 'nobody' : '' }]);
  }

  function waiting(): Promise<{ pid: number }[]> {
    return world.asRoot<{ pid: number }>(`SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'`);
  }
});

describe('quiesce', () => {
  test('ends what an earlier process left running, so that it never lands', async () => {
    const earlier = world.another();
    const receipt = await earlier.prepare(world.call(), world.intent('read'));
    const holder = await world.root();
    await holder.query('BEGIN; LOCK pg_authid IN SHARE MODE');
    const landing = fate(earlier.grant(world.call(), receipt, world.end()));
    await expect
      .poll(() =>
        world.asRoot(`SELECT FROM pg_stat_activity WHERE usename = 'curfew' AND wait_event_type = 'Lock'`),
      )
      .toHaveLength(1);
    await world.connector.quiesce?.(world.call());
    expect(await landing).not.toBe('it worked');
    await holder.query('COMMIT');
    expect((await world.connector.inspect(world.call(), receipt)).present).toBe(false);
    await earlier.close();
  });

  test('leaves its own sessions, and those of another installation', async () => {
    const other = world.another();
    const call = world.call({ installation: 'other' });
    await other.check(call);
    const count = () =>
      world.asRoot(
        `SELECT FROM pg_stat_activity WHERE application_name = 'curfew:other' AND usename = 'curfew'`,
      );
    const own = () =>
      world.asRoot(`SELECT pid FROM pg_stat_activity WHERE application_name = 'curfew:test' ORDER BY pid`);
    await world.connector.check(world.call());
    const before = { theirs: await count(), own: await own() };
    expect(before.theirs.length).toBeGreaterThan(0);
    await world.connector.quiesce?.(world.call());
    expect({ theirs: await count(), own: await own() }).toEqual(before);
    await other.close();
  });
});
