/**
 * Makes the sample database `orders` on a fresh server, and connects it to Curfew by the very script that an owner of
 * another database runs: docs/connectors/postgresql-setup.sql. What is in it: sample-database.sql.
 */
import { readFile } from 'node:fs/promises';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { closedUrl } from '../shared/connectors/postgresql/closed-url.ts';

export interface SampleOptions {
  /** A superuser's URL, to the maintenance database. */
  superuserUrl: string;
  /** The mark of this installation: part of the estate role's name. */
  installation: string;
  /** The passwords of Curfew's own login, and of the engineers' own logins. Set anew at each call. */
  passwords: { curfew: string } & Record<(typeof engineers)[number], string>;
}

/** Engineers with a login of their own, who may connect to `orders` and see nothing there. */
export const engineers = ['ana', 'ben', 'cleo'] as const;

const database = 'orders';
const permissionRoles = ['orders_read', 'orders_write', 'orders_admin', 'orders_oncall'];

/** May be called at every start: what is there stays. Answers with the URL of Curfew's own login. */
export async function createSampleDatabase(options: SampleOptions): Promise<{ curfewUrl: string }> {
  const url = (name: string) => withDatabase(options.superuserUrl, name);
  const home = new URL(options.superuserUrl).pathname.slice(1);
  const made = await run(url(home), (client) => makeDatabase(client));
  if (made) await run(url(database), async (client) => client.query(await read('./sample-database.sql')));
  await run(url(home), (client) => makeEngineers(client, options));
  for (const name of [home, database]) await run(url(name), (client) => setUp(client, options));
  await run(url(home), (client) => setPassword(client, 'curfew', options.passwords.curfew));
  const own = new URL(options.superuserUrl);
  own.username = 'curfew';
  own.password = options.passwords.curfew;
  return { curfewUrl: own.href };
}

/** The database comes last of all: made only when a run before this one got that far. */
async function makeDatabase(client: Client): Promise<boolean> {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [permissionRoles[0]]);
  if (rowCount) return false;
  await client.query(`DROP DATABASE IF EXISTS ${database}`);
  await client.query(`CREATE DATABASE ${database}`);
  return true;
}

async function makeEngineers(client: Client, options: SampleOptions): Promise<void> {
  for (const login of engineers) {
    const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [login]);
    if (!rowCount) await client.query(`CREATE ROLE ${escapeIdentifier(login)} LOGIN`);
    await client.query(`GRANT CONNECT ON DATABASE ${database} TO ${escapeIdentifier(login)}`);
    await setPassword(client, login, options.passwords[login]);
  }
}

async function setUp(client: Client, options: SampleOptions): Promise<void> {
  const values = { installation: options.installation, roles: permissionRoles.join(','), login: 'curfew' };
  for (const [name, value] of Object.entries(values))
    await client.query('SELECT set_config($1, $2, false)', [`curfew.${name}`, value]);
  await client.query(await read('../docs/connectors/postgresql-setup.sql'));
}

async function setPassword(client: Client, login: string, password: string): Promise<void> {
  await client.query(`ALTER ROLE ${escapeIdentifier(login)} PASSWORD ${escapeLiteral(password)}`);
}

async function run<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: closedUrl(url) });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, name: string): string {
  const to = new URL(url);
  to.pathname = `/${name}`;
  return to.href;
}

function read(path: string): Promise<string> {
  return readFile(new URL(path, import.meta.url), 'utf8');
}
