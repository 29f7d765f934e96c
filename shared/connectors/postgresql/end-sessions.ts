/** Ends sessions at the server, and does not come back before none is left. */
import { CurfewError } from '../../model/errors.ts';
import type { Session } from './open-session.ts';
import { remainingMs } from './remaining-ms.ts';
import type { Server } from './servers.ts';

/** Ends every session of the role with that oid. Outside of a transaction: inside, PostgreSQL repeats its first answer. */
export async function endSessions(server: Server, session: Session, oid: number): Promise<void> {
  await endMatching(server, session, 'usesysid = $1::oid', [oid]);
}

/** Ends those that are open now. A login that goes on may come back at once, without what it has lost. */
export async function endSessionsSoFar(server: Server, session: Session, oid: number): Promise<void> {
  // By process: when a session began is not for everybody to read.
  const open = await signal(session, 'usesysid = $1::oid', [oid]);
  const pids = open.map(({ pid }) => pid);
  await endMatching(server, session, 'usesysid = $1::oid AND pid = ANY ($2::int[])', [oid, pids]);
}

/** Tells every session of the role to end, once, and waits for none. */
export async function signalSessions(session: Session, oid: number): Promise<void> {
  await signal(session, 'usesysid = $1::oid', [oid]);
}

/** Ends the sessions that `condition` on `pg_stat_activity` matches, a constant text, until none is left. */
export async function endMatching(
  server: Pick<Server, 'call' | 'clock'>,
  session: Session,
  condition: string,
  values: unknown[],
): Promise<void> {
  for (;;) {
    const left = await signal(session, condition, values);
    if (left.length === 0) return;
    if (remainingMs(server.call, server.clock) < 100)
      throw new CurfewError(
        'TargetUnavailable',
        `${left.length} sessions have not ended yet: process ${left[0]?.pid}.`,
      );
    await session.query('SELECT pg_sleep(0.01)');
  }
}

function signal(session: Session, condition: string, values: unknown[]): Promise<{ pid: number }[]> {
  return session.query<{ pid: number }>(
    `SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${condition} AND pid <> pg_backend_pid()`,
    values,
  );
}
