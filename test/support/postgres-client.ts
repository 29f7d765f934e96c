/** Stock PostgreSQL clients: as a grantee, as an engineer with a login of their own, as the owner of a test server's target. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';

// A stock client reads them, and a test must be the same on every machine.
for (const name of Object.keys(process.env)) if (name.startsWith('PG')) delete process.env[name];

export interface Login {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}

/** Connects; the caller ends it. A session that the server ends is no error of the test. */
export async function connect(login: Login): Promise<pg.Client> {
  const client = new pg.Client({ ...login, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** One statement in a session of its own: its rows, or the error's message and PostgreSQL's code. */
export async function tryQuery(
  login: Login,
  sql = 'SELECT count(*) FROM orders',
): Promise<{ rows: unknown[] } | { error: string; code?: string }> {
  const client = new pg.Client({ ...login, connectionTimeoutMillis: 10_000 });
  // Why the server ended the session, which may come before the statement, and not as its answer.
  let ended: (Error & { code?: string }) | undefined;
  client.on('error', (error) => (ended ??= error));
  try {
    await client.connect();
    return { rows: (await client.query(sql)).rows };
  } catch (error) {
    const { message, code = ended?.code } = error as pg.DatabaseError;
    return { error: message, ...(code && { code }) };
  } finally {
    await client.end().catch(() => {});
  }
}

/** Does this session still answer? */
export function isAlive(client: pg.Client): Promise<boolean> {
  return client.query('SELECT 1').then(
    () => true,
    () => false,
  );
}

/** The superuser's login at the target of a local Curfew. */
export async function owner({ home }: { home: string }, database = 'orders'): Promise<Login> {
  const { postgres } = JSON.parse(await readFile(join(home, 'server.json'), 'utf8')) as {
    postgres: { host: string; port: number };
  };
  const password = (await readFile(join(home, 'postgres', 'postgres-secret'), 'utf8')).trim();
  return { ...postgres, user: 'postgres', password, database };
}

/** An engineer's own login there, which stands whatever Curfew does. */
export async function ownLogin({ home }: { home: string }, name: string): Promise<Login> {
  const secrets = JSON.parse(await readFile(join(home, 'secrets.json'), 'utf8')) as Record<string, string>;
  return { ...(await owner({ home })), user: name, password: secrets[`orders-db login ${name}`] ?? '' };
}
