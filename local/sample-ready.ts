/** Is the sample database there and connected already? Then a start touches nothing of it, and waits for nobody's locks. */
import { Client } from 'pg';
import { closedUrl } from '../shared/connectors/postgresql/closed-url.ts';
import { estateName } from '../shared/connectors/postgresql/names.ts';
import type { SampleOptions } from './sample-database.ts';

/** The URL of Curfew's own login when all that `createSampleDatabase` makes is there, else undefined. */
export async function findSampleDatabase(options: SampleOptions): Promise<string | undefined> {
  const url = new URL(options.superuserUrl);
  url.username = 'curfew';
  url.password = options.passwords.curfew;
  const own = url.href;
  url.pathname = '/orders';
  const client = new Client({
    connectionString: closedUrl(url.href),
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const estate = estateName(options.installation);
    const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [estate]);
    return rowCount ? own : undefined;
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => {});
  }
}
