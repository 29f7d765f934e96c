/** PostgreSQL as a subject of the contract suite, in either mode. Its probes are a superuser's and a stock client's. */
import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Client } from 'pg';
import type { Intent } from '../../../shared/connectors/contract.ts';
import type { Subject } from '../contract.ts';
import { createWorld, passwords } from './world.ts';
import type { World } from './world.ts';

export async function postgresqlSubject(mode: 'account' | 'membership'): Promise<Subject> {
  const world = await createWorld();
  const permission = mode === 'account' ? 'write' : 'oncall';
  const open: Client[] = [];
  const session = async (login: string) => {
    const client = await world.connect(login, await knownPassword(world, login));
    open.push(client);
    return client;
  };
  return {
    connector: world.connector,
    call: world.call,
    intent: (over) => world.intent(permission, over),
    hostile: () => hostile(world, permission, mode),
    end: world.end,
    canUse: async ({ names }) => {
      const login = names['login'] ?? '';
      if (!(await exists(world, login))) return false;
      return works(async () => {
        const client = await world.connect(login, await knownPassword(world, login));
        await client
          .query('UPDATE shop.orders SET status = status WHERE id = 1')
          .finally(() => void client.end());
      });
    },
    opens: ({ user, password, database }) =>
      works(async () => (await world.connect(String(user), String(password), String(database))).end()),
    openSession: async ({ names }) => {
      const client = await session(names['login'] ?? '');
      return { alive: () => works(() => client.query('SELECT count(*) FROM shop.orders')) };
    },
    ...(mode === 'membership'
      ? { giveStanding: async () => void (await world.asRoot('GRANT orders_oncall TO ana')) }
      : {}),
    endsByItself: mode === 'account',
    reset: () => reset(world, open),
    close: world.close,
  };
}

/** Of an engineer's own login the password is known; a login made for a grant gets one from the superuser. */
async function knownPassword(world: World, login: string): Promise<string> {
  const own = Object.entries(passwords).find(([name]) => name === login)?.[1];
  if (own) return own;
  await world.asRoot(`ALTER ROLE ${escapeIdentifier(login)} PASSWORD ${escapeLiteral('for-a-probe')}`);
  return 'for-a-probe';
}

async function exists(world: World, login: string): Promise<boolean> {
  return (await world.asRoot('SELECT FROM pg_roles WHERE rolname = $1', [login])).length > 0;
}

/** Some of them no PostgreSQL can hold; of the others, an engineer's own login may really be called so. */
async function hostile(world: World, permission: string, mode: 'account' | 'membership'): Promise<Intent[]> {
  const possible = ['"; DROP ROLE ana; --', `it's "quoted" $1`, 'ünï çødé', '../..', 'current_user'];
  if (mode === 'membership')
    for (const name of possible) {
      const login = escapeIdentifier(name);
      if (!(await exists(world, name))) await world.asRoot(`CREATE ROLE ${login} LOGIN`);
      await world.asRoot(`GRANT CONNECT ON DATABASE orders TO ${login}`);
    }
  return [...possible, 'x'.repeat(100), 'a\0b', 'public', 'none'].map((name) =>
    world.intent(permission, mode === 'account' ? { grantId: name } : { login: name }),
  );
}

async function works(work: () => Promise<unknown>): Promise<boolean> {
  return work().then(() => true, () => false); // biome-ignore format: one thought
}

async function reset(world: World, open: Client[]): Promise<void> {
  await Promise.all(open.splice(0).map((client) => client.end().catch(() => undefined)));
  await world.asRoot(`DO $$ DECLARE m record; BEGIN
    FOR m IN SELECT pg_get_userbyid(member) AS name, pg_get_userbyid(grantor) AS giver FROM pg_auth_members
      WHERE roleid = 'orders_oncall'::regrole AND pg_get_userbyid(member) <> 'curfew' LOOP
      EXECUTE format('REVOKE orders_oncall FROM %I GRANTED BY %I', m.name, m.giver);
    END LOOP;
    FOR m IN SELECT rolname FROM pg_roles WHERE rolname ~ '^curfew_test_' AND rolname <> 'curfew_test_estate' LOOP
      PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = m.rolname;
      EXECUTE format('DROP OWNED BY %I', m.rolname);
      EXECUTE format('DROP ROLE %I', m.rolname);
    END LOOP; END $$`);
}
