/** Undoes transactions that a grantee prepared for a two-phase commit: they outlive the session, and keep its locks. */
import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Login } from './names.ts';
import type { Server } from './servers.ts';

/** Does nothing on servers without `max_prepared_transactions`, which is most of them. */
export async function rollBackPrepared(server: Server, login: Login): Promise<void> {
  const prepared = await server.use((session) =>
    session.query<{ gid: string; database: string }>(
      'SELECT gid, database::text AS database FROM pg_prepared_xacts WHERE owner = $1',
      [login.name],
    ),
  );
  for (const { gid, database } of prepared)
    await server.use(async (session) => {
      // Only its owner may, and not inside of a transaction.
      await session.query(`GRANT ${escapeIdentifier(login.name)} TO CURRENT_USER`);
      await session.query(`SET ROLE ${escapeIdentifier(login.name)}`);
      try {
        await session.query(`ROLLBACK PREPARED ${escapeLiteral(gid)}`);
      } finally {
        await session.query('RESET ROLE').catch(() => session.destroy());
      }
    }, database);
}
