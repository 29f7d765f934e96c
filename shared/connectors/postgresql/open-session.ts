/** One connection to one database, opened with settings that no grantee can bend, and safe to lose at any moment. */
import { Socket } from 'node:net';
import { Client } from 'pg';
import { closedUrl } from './closed-url.ts';
import { applicationName } from './names.ts';

export interface Session {
  readonly database: string;
  /** The server's process, and since when: a pid alone may be another's by now. */
  readonly pid: number;
  readonly since: string;
  /** `server_version_num`, e.g. 180004. */
  readonly version: number;
  /** No longer usable: lost, or cut. */
  readonly broken: boolean;
  query<Row extends object = Record<string, never>>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Says goodbye. For sessions that are idle. */
  close(): Promise<void>;
  /** Cuts the connection at once; what is not committed then never will be. */
  destroy(): void;
}

export interface Place {
  url: string;
  database: string;
  installation: string;
  timeoutMs: number;
  signal: AbortSignal;
}

/** `pg_catalog` alone in the search path: nothing that a grantee made is ever called by a name we use. */
const settings = '-c search_path=pg_catalog -c client_min_messages=warning';

/** Connects, within `timeoutMs`. Throws what `pg` throws. */
export async function openSession(place: Place): Promise<Session> {
  const socket = new Socket();
  const client = clientOf(place, socket);
  let broken = false;
  client.on('error', () => (broken = true)); // A backend that is killed while idle must not end this process.
  client.on('end', () => (broken = true));
  const destroy = () => {
    broken = true;
    socket.destroy();
  };
  place.signal.addEventListener('abort', destroy);
  try {
    const about = await greet(client);
    return {
      database: place.database,
      ...about,
      get broken() {
        return broken;
      },
      query: async <Row extends object>(sql: string, values?: unknown[]) =>
        (await client.query<Row>(values ? { text: sql, values } : { text: sql })).rows,
      close: () => client.end().catch(() => undefined),
      destroy,
    };
  } catch (error) {
    destroy();
    throw error;
  } finally {
    place.signal.removeEventListener('abort', destroy);
  }
}

function clientOf(place: Place, socket: Socket): Client {
  const client = new Client({
    connectionString: closedUrl(place.url, settings),
    connectionTimeoutMillis: Math.max(1, Math.ceil(place.timeoutMs)),
    keepAlive: true,
    stream: () => socket,
  });
  // Not through the URL: there some characters that a database's name may hold mean something else.
  Object.assign(Reflect.get(client, 'connectionParameters') as object, {
    database: place.database,
    application_name: applicationName(place.installation),
  });
  return client;
}

type About = Pick<Session, 'pid' | 'since' | 'version'>;

async function greet(client: Client): Promise<About> {
  await client.connect();
  const { rows } = await client.query<About>(
    `SELECT pid, backend_start::text AS since, current_setting('server_version_num')::int AS version
     FROM pg_stat_activity WHERE pid = pg_backend_pid()`,
  );
  return rows[0] as About;
}
