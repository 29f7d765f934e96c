/** Shuts a login out at once, before anything else is tried: no login, no password, no role, no session. */
import { escapeIdentifier } from 'pg';
import { isCurfewError } from '../../model/errors.ts';
import type { Login } from './names.ts';
import { endSessions, signalSessions } from './end-sessions.ts';
import type { Session } from './open-session.ts';
import { remainingMs } from './remaining-ms.ts';
import { rollBackPrepared } from './roll-back-prepared.ts';
import type { Server } from './servers.ts';

export async function cutAccess(server: Server, login: Login): Promise<void> {
  await shutOut(server, login);
  await server.use((session) => endSessions(server, session, login.oid));
  await takeOutOfRoles(server, login);
}

/** Is it out of use: no login, no session, and nobody put into it who would have its rights until it is dropped? */
export async function isCut(server: Server, login: Login): Promise<boolean> {
  const [row] = await server.use((session) =>
    session.query<{ cut: boolean }>(
      `SELECT NOT EXISTS (SELECT FROM pg_roles WHERE oid = $1 AND rolcanlogin)
         AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE usesysid = $1)
         AND NOT EXISTS (SELECT FROM pg_auth_members WHERE roleid = $1 AND pg_get_userbyid(member) <> current_user) AS cut`,
      [login.oid],
    ),
  );
  return row?.cut === true;
}

/**
 * A grantee who changes their own password in an open transaction holds the very row that we must change. So nobody is
 * waited for: sessions are told to end, and we are next in the queue for the row before a client can come back.
 */
async function shutOut(server: Server, login: Login): Promise<void> {
  for (;;) {
    try {
      return await server.change(async (session) => {
        await session.query("SET LOCAL lock_timeout = '100ms'");
        await session.query(`ALTER ROLE ${escapeIdentifier(login.name)} NOLOGIN PASSWORD NULL`);
      });
    } catch (error) {
      if (!isCurfewError(error, 'Conflict') || remainingMs(server.call, server.clock) < 500) throw error;
      await server.use((session) => signalSessions(session, login.oid));
      await rollBackPrepared(server, login);
    }
  }
}

interface Member {
  role: string;
  member: string;
}

/** Both ways: the roles it has, and whoever was put into it. From 16 on only what Curfew itself granted can be taken back. */
async function takeOutOfRoles(server: Server, login: Login): Promise<void> {
  await server.change(async (session) => {
    for (const { role, member } of await readMemberships(session, login))
      await session.query(`REVOKE ${escapeIdentifier(role)} FROM ${escapeIdentifier(member)}`);
  });
}

function readMemberships(session: Session, login: Login): Promise<Member[]> {
  return session.query<Member>(
    `SELECT pg_get_userbyid(roleid)::text AS role, pg_get_userbyid(member)::text AS member
     FROM pg_auth_members
     WHERE (member = $1 OR (roleid = $1 AND pg_get_userbyid(member) <> current_user))
       AND ($2::boolean OR pg_get_userbyid(grantor) = current_user)`,
    [login.oid, session.version < 160_000],
  );
}
