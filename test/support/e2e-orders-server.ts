/** The orders database for a Curfew that is not on this machine's laptop set-up: an embedded PostgreSQL in a folder of its own. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removePostgres } from '../../local/postgres-remove.ts';
import { startPostgres } from '../../local/postgres-server.ts';
import { createSampleDatabase } from '../../local/sample-database.ts';
import type { Login } from './postgres-client.ts';

export interface OrdersServer {
  owner: Login;
  passwords: Record<'curfew' | 'ana' | 'ben' | 'cleo', string>;
  /** With the password of Curfew's own login: a secret. */
  curfewUrl: string;
  remove(): Promise<void>;
}

export async function startOrders(installation: string): Promise<OrdersServer> {
  const folder = await mkdtemp(join(tmpdir(), 'curfew-e2e-'));
  const dataHome = join(folder, 'postgres');
  const server = await startPostgres({ dataHome });
  const password = () => randomBytes(18).toString('base64url');
  const passwords = { curfew: password(), ana: password(), ben: password(), cleo: password() };
  const { superuserUrl, host, port } = server;
  const { curfewUrl } = await createSampleDatabase({ superuserUrl, installation, passwords });
  return {
    owner: { host, port, user: 'postgres', password: new URL(superuserUrl).password, database: 'orders' },
    passwords,
    curfewUrl,
    async remove() {
      await server.stop();
      await removePostgres(dataHome);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
