/**
 * A real server with the sample database, for one test file. CURFEW_TEST_POSTGRES_BINARIES names another build than the
 * embedded one; other-versions.ts sets it.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createClock } from '../../../local/clock.ts';
import { removePostgres } from '../../../local/postgres-remove.ts';
import { startPostgres } from '../../../local/postgres-server.ts';
import { createSampleDatabase } from '../../../local/sample-database.ts';
import type { Call, Connector, Intent } from '../../../shared/connectors/contract.ts';
import { closedUrl } from '../../../shared/connectors/postgresql/closed-url.ts';
import { createPostgresql } from '../../../shared/connectors/postgresql/postgresql.ts';
import type { Receipt } from '../../../shared/model/grant.ts';

export const passwords = { curfew: 'for-curfew', ana: 'for-ana', ben: 'for-ben', cleo: 'for-cleo' };

export interface World {
  connector: Connector;
  /** Another connector, as another process would have it. */
  another(): Connector;
  /** `server_version_num` / 10000. */
  major: number;
  call(over?: Partial<Call>): Call;
  intent(permission: string, over?: Partial<Intent>): Intent;
  end(seconds?: number): Date;
  grant(permission: string, over?: Partial<Intent>): Promise<Receipt>;
  /** Asks for a password and logs in, as a grantee does. */
  logIn(receipt: Receipt, database?: string): Promise<Client>;
  connect(user: string, password: string, database?: string): Promise<Client>;
  /** A superuser's session that stays open. */
  root(database?: string): Promise<Client>;
  /** Runs as superuser. */
  asRoot<Row extends object>(sql: string, values?: unknown[], database?: string): Promise<Row[]>;
  close(): Promise<void>;
}

export async function createWorld(settings: Record<string, string> = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'curfew-connector-'));
  const dataHome = join(folder, 'postgres');
  const binaries = process.env['CURFEW_TEST_POSTGRES_BINARIES'];
  // Nothing in a test has to outlive a power cut.
  const server = await startPostgres({
    dataHome,
    settings: { fsync: 'off', ...settings },
    ...(binaries ? { binaries } : {}),
  });
  const { curfewUrl } = await createSampleDatabase({
    superuserUrl: server.superuserUrl,
    installation: 'test',
    passwords,
  });
  const clock = createClock();
  const another = () => createPostgresql({ secrets: { get: async () => curfewUrl }, clock });
  const connector = another();
  const clients = new Set<Client>();
  let count = 0;

  async function open({ user, password, database }: Record<string, string | undefined>): Promise<Client> {
    const url = new URL(`postgres://${server.host}:${server.port}/${encodeURI(database ?? '')}`);
    url.username = encodeURIComponent(user ?? '');
    url.password = encodeURIComponent(password ?? '');
    // As whoever runs the tests may have PGSSLMODE and its like set for a server of their own.
    const client = new Client({ connectionString: closedUrl(url.href) });
    client.on('error', () => undefined); // Being cut off is what these tests are about.
    await client.connect();
    clients.add(client);
    return client;
  }

  const world: World = {
    connector,
    another,
    major: 0,
    call: (over) => ({
      integration: { id: 'orders-db', name: 'Orders', kind: 'postgresql', environment: 'test', target },
      installation: 'test',
      signal: new AbortController().signal,
      deadlineMs: clock.now() + 10_000,
      ...over,
    }),
    intent: (permission, over) => ({
      grantId: `${(count += 1)}-${randomBytes(4).toString('hex')}`,
      resource: 'orders',
      permission,
      grantee: { id: 'ana', name: 'Ana' },
      login: 'ana',
      ...over,
    }),
    end: (seconds = 3600) => new Date(clock.now() + seconds * 1000),
    async grant(permission, over) {
      const receipt = await connector.prepare(world.call(), world.intent(permission, over));
      await connector.grant(world.call(), receipt, world.end());
      return receipt;
    },
    async logIn(receipt, database) {
      const credentials = await connector.credentials(world.call(), receipt, world.end());
      const { user, password, database: own } = credentials as Record<string, string>;
      return open({ user, password, database: database ?? own });
    },
    connect: (user, password, database = 'orders') => open({ user, password, database }),
    root: (database = 'orders') => {
      const { username: user, password } = new URL(server.superuserUrl);
      return open({ user, password, database });
    },
    async asRoot<Row extends object>(sql: string, values: unknown[] = [], database?: string) {
      const client = await world.root(database);
      try {
        return (await client.query<Row>({ text: sql, values })).rows;
      } finally {
        clients.delete(client);
        await client.end();
      }
    },
    async close() {
      await Promise.all([...clients].map((client) => client.end().catch(() => undefined)));
      await connector.close();
      await server.stop();
      await removePostgres(dataHome);
      await rm(folder, { recursive: true, force: true });
    },
  };
  const [about] = await world.asRoot<{ version: number }>("SELECT current_setting('server_version_num')::int AS version"); // biome-ignore format: one thought
  world.major = Math.floor((about?.version ?? 0) / 10_000);
  // Before 16 a role that may create is refused for accounts, too: there the sample is without.
  if (world.major < 16) await world.asRoot('REVOKE CREATE ON SCHEMA shop FROM orders_admin');
  return world;
}

const target = {
  urlSecret: 'orders-db',
  resources: {
    orders: {
      database: 'orders',
      permissions: {
        read: { mode: 'account', role: 'orders_read' },
        write: { mode: 'account', role: 'orders_write' },
        admin: { mode: 'account', role: 'orders_admin' },
        oncall: { mode: 'membership', role: 'orders_oncall' },
      },
    },
  },
};
