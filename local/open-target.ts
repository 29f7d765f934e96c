/** The sample target of a local Curfew: a real PostgreSQL, embedded or one of the user's own, with the sample database in it. */
import { randomBytes } from 'node:crypto';
import type { Config } from '../shared/model/config.ts';
import { toInstant } from '../shared/model/time.ts';
import type { Home } from './home.ts';
import type { Log } from './log.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';
import { createSampleDatabase, engineers, type SampleOptions } from './sample-database.ts';
import { findSampleDatabase } from './sample-ready.ts';

export interface SampleTarget {
  host: string;
  port: number;
  /** What is wrong with it now, without names. */
  problems(): string[];
  stop(): Promise<void>;
}

/** Secret that holds the URL of Curfew's own login: the one that the example configuration names. */
const secretName = 'orders-db';

/**
 * `CURFEW_POSTGRES_URL` (a superuser's) names a server of one's own, for platforms without an embedded build. Throws
 * `Unavailable` when neither starts or answers.
 */
export async function openTarget(home: Home, config: Config, log: Log): Promise<SampleTarget> {
  const named = process.env['CURFEW_POSTGRES_URL'];
  const server = named ? foreign(named) : await embedded(home, log);
  const passwords = await readPasswords(home);
  const sample = { superuserUrl: server.superuserUrl, installation: config.installation, passwords };
  const curfewUrl = (await findSampleDatabase(sample)) ?? (await createSampleDatabase(sample)).curfewUrl;
  await home.secrets.set(secretName, curfewUrl);
  return server;
}

/** Made once for each home. The engineers find theirs in `secrets.json` there: `orders-db login ana`. */
async function readPasswords({ secrets }: Home): Promise<SampleOptions['passwords']> {
  const passwords: Record<string, string> = {};
  for (const name of ['curfew', ...engineers]) {
    const secret = `${secretName} login ${name}`;
    const known = await secrets.get(secret).catch(() => undefined);
    passwords[name] = known ?? randomBytes(18).toString('base64url');
    if (known === undefined) await secrets.set(secret, passwords[name]);
  }
  return passwords as SampleOptions['passwords'];
}

type Server = SampleTarget & { superuserUrl: string };

function foreign(superuserUrl: string): Server {
  const { hostname, port } = new URL(superuserUrl);
  return {
    host: hostname,
    port: Number(port || 5432),
    superuserUrl,
    problems: () => [],
    stop: async () => {},
  };
}

/** Started again, on the same port, when it ends by itself: what is to end at it must end. */
async function embedded(home: Home, log: Log): Promise<Server> {
  let problem: string | undefined;
  let stopped = false;
  const options = { dataHome: home.postgresHome, onExit };
  const last = await lastPort(home);
  // The port of the last time, where it is free still: what grantees were told stays true.
  let server: PostgresServer = await startPostgres({ ...options, ...last }).catch((error: unknown) => {
    if (!last) throw error;
    return startPostgres(options);
  });

  function onExit(why: string): void {
    problem = 'the sample PostgreSQL has stopped; it is being started again';
    log('postgresql stopped', { why });
    void again();
  }

  async function again(): Promise<void> {
    if (stopped) return;
    try {
      server = await startPostgres({ ...options, port: server.port });
      problem = undefined;
      log('postgresql started again', { at: toInstant(Date.now()) });
    } catch (error) {
      log('postgresql does not start', { error: error instanceof Error ? error.message : 'unknown' });
      setTimeout(() => void again(), 5_000).unref();
    }
  }

  return {
    host: server.host,
    port: server.port,
    superuserUrl: server.superuserUrl,
    problems: () => (problem ? [problem] : []),
    stop: () => {
      stopped = true;
      return server.stop();
    },
  };
}

async function lastPort({ secrets }: Home): Promise<{ port: number } | undefined> {
  const url = await secrets.get(secretName).catch(() => undefined);
  return url === undefined ? undefined : { port: Number(new URL(url).port) };
}
