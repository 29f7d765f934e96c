/** The sample database for a Curfew on the emulator: the laptop's, in a folder of its own, with Curfew's login for the secret. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { startPostgres } from '../local/postgres-server.ts';
import { createSampleDatabase } from '../local/sample-database.ts';
import { folder } from './virtual-environment.ts';

export async function startOrders(
  installation: string,
): Promise<{ curfewUrl: string; stop(): Promise<void> }> {
  const server = await startPostgres({ dataHome: join(folder, 'postgres') });
  const password = () => randomBytes(18).toString('base64url');
  const passwords = { curfew: password(), ana: password(), ben: password(), cleo: password() };
  const { superuserUrl } = server;
  const { curfewUrl } = await createSampleDatabase({ superuserUrl, installation, passwords });
  return { curfewUrl, stop: () => server.stop() };
}
