/**
 * The PostgreSQL server that `npm start` brings along: started from npm's binaries, found again after a `kill -9`, stopped
 * in order. Its neighbours: postgres-place.ts (where), postgres-binaries.ts (what), postgres-cluster.ts (the data),
 * postgres-process.ts (the running server), postgres-left-behind.ts (after a kill).
 */
import { CurfewError } from '../shared/model/errors.ts';
import { freePort } from './free-port.ts';
import { findBinaries } from './postgres-binaries.ts';
import { openCluster } from './postgres-cluster.ts';
import type { Cluster } from './postgres-cluster.ts';
import { canAdopt, findLeftBehind, stopOrphans } from './postgres-left-behind.ts';
import { launch, stopRunning } from './postgres-process.ts';
import type { Running } from './postgres-process.ts';

export interface PostgresOptions {
  /** The folder by which the data is found again, normally `CURFEW_HOME/postgres`. One server at a time uses it. */
  dataHome: string;
  /** Left out: a free one. */
  port?: number;
  /** Settings of postgresql.conf beside ours, or instead of them. */
  settings?: Record<string, string>;
  /** A folder that holds `bin/postgres`, `bin/initdb`, `lib` and `share`. Left out: npm's. */
  binaries?: string;
  /** Called once when the server ends and nobody asked it to. */
  onExit?: (why: string) => void;
}

export interface PostgresServer {
  host: string;
  port: number;
  /** For the superuser `postgres`, with its password: never for a log. */
  superuserUrl: string;
  pid: number;
  /** True when it was running already, left behind by a process of ours that was killed. */
  adopted: boolean;
  /** Ends every session and stops. Takes at most about 20 s, whatever the server does. May be called again. */
  stop(): Promise<void>;
}

const host = '127.0.0.1';

/** Starts or adopts the server of `dataHome`. The first start makes the data (2 s). Throws `Unavailable` with what to do. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { postgres, initdb } = await findBinaries(options.binaries);
  const cluster = await openCluster(options.dataHome, initdb);
  const plan = { ...cluster, postgres, settings: { ...ourSettings(cluster.major), ...options.settings } };
  const running = (await adopt(plan, options.port)) ?? (await start(plan, options.port));
  let stopping: Promise<void> | undefined;
  running.onExit((why) => {
    if (!stopping) options.onExit?.(why);
  });
  return {
    host,
    port: running.port,
    superuserUrl: urlOf(plan, running.port),
    pid: running.pid,
    adopted: running.adopted,
    stop: () => (stopping ??= stopRunning(running)),
  };
}

type Plan = Cluster & { postgres: string; settings: Record<string, string> };

/** `max_connections` leaves room for many grants; the reserve is Curfew's own, out of a grantee's reach. */
function ourSettings(major: number): Record<string, string> {
  return {
    listen_addresses: host,
    unix_socket_directories: '',
    max_connections: '400',
    ...(major >= 16 ? { reserved_connections: '10' } : {}),
    password_encryption: 'scram-sha-256',
    fsync: 'on',
    // A statement that sets a password would otherwise be in the log when it fails.
    log_min_error_statement: 'panic',
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
}

async function adopt(plan: Plan, named: number | undefined): Promise<Running | undefined> {
  const found = await findLeftBehind(plan.data);
  if (!found) return undefined;
  const wanted = { ...plan, superuserUrl: urlOf(plan, found.port) };
  if ((named ?? found.port) === found.port && (await canAdopt(found, wanted))) return found;
  await stopRunning(found);
  return undefined;
}

async function start(plan: Plan, named: number | undefined): Promise<Running> {
  const tries = 5;
  for (let attempt = 1; ; attempt += 1) {
    const port = named ?? (await freePort());
    const outcome = await launch({ ...plan, port, superuserUrl: urlOf(plan, port) });
    if ('running' in outcome) return outcome.running;
    // Between our look and its bind somebody took the port.
    const portTaken = /could not (bind|create any TCP)/.test(outcome.failed);
    const orphans = outcome.failed.includes('pre-existing shared memory block');
    if (orphans) await stopOrphans(plan.data);
    if (attempt < tries && (orphans || (portTaken && named === undefined))) continue;
    throw new CurfewError(
      'Unavailable',
      `PostgreSQL does not start (log: ${plan.logFile}): ${outcome.failed}`,
    );
  }
}

function urlOf(cluster: Cluster, port: number): string {
  return `postgres://postgres:${cluster.secret}@${host}:${port}/postgres`;
}
