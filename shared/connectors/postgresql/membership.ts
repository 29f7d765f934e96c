/** `membership` grants: the grantee's own login is put into a role and taken out again; what others gave stays. */
import { escapeIdentifier } from 'pg';
import type { Receipt } from '../../model/grant.ts';
import type { Reading } from '../contract.ts';
import { namesOf } from './account.ts';
import { endSessionsSoFar } from './end-sessions.ts';
import { grantRole } from './grant-role.ts';
import type { Session } from './open-session.ts';
import { refused } from './refused.ts';
import type { Server } from './servers.ts';

export async function grantMembership(server: Server, receipt: Receipt): Promise<void> {
  const { login, role } = namesOf(receipt);
  await server.change((session) => grantRole(session, role, login));
}

/** PostgreSQL knows no end of a membership: only looks whether it is there. */
export async function extendMembership(server: Server, receipt: Receipt): Promise<void> {
  const { login, role } = namesOf(receipt);
  const found = await server.use((session) => readMembership(session, login, role));
  if (!found.ours) throw refused(`"${login}" is no longer in "${role}".`);
}

/** Takes out what Curfew put in, and cuts the login's sessions, unless the access is held by another way besides. */
export async function endMembership(server: Server, receipt: Receipt): Promise<{ found: boolean }> {
  const { login, role } = namesOf(receipt);
  const found = await server.change(async (session) => {
    const before = await readMembership(session, login, role);
    if (before.exist) await session.query(`REVOKE ${escapeIdentifier(role)} FROM ${escapeIdentifier(login)}`);
    return before.ours;
  });
  await server.use(async (session) => {
    const after = await readMembership(session, login, role);
    if (after.oid !== null && !after.ours && after.heldBy.length === 0)
      await endSessionsSoFar(server, session, after.oid);
  });
  return { found };
}

/** Present: the row that Curfew makes is there. Before 16 there is but one, whoever made it. */
export async function inspectMembership(server: Server, receipt: Receipt): Promise<Reading> {
  const { login, role } = namesOf(receipt);
  const found = await server.use((session) => readMembership(session, login, role));
  const { ours: present, heldBy, sessions, grantors } = found;
  return { present, heldBy, facts: { login, role, loginExists: found.oid !== null, grantors, sessions } };
}

interface Membership {
  /** The login's, null when it is gone. */
  oid: number | null;
  /** Are both roles there? */
  exist: boolean;
  ours: boolean;
  heldBy: string[];
  grantors: string[];
  sessions: number;
}

async function readMembership(session: Session, login: string, role: string): Promise<Membership> {
  const [row] = await session.query<{
    oid: number | null;
    exist: boolean;
    superuser: boolean | null;
    grantors: string[];
    ways: string[];
    me: string;
    sessions: number;
  }>(membershipSql, [login, role]);
  if (!row) throw refused('PostgreSQL gave no answer about a membership.');
  const { grantors, me, ways, ...about } = row;
  const single = session.version < 160_000;
  const others = single ? [] : grantors.filter((grantor) => grantor !== me);
  const heldBy = [
    ...others.map((grantor) => `membership ${role} granted by ${grantor}`),
    ...ways.map((way) => `membership ${role} by way of ${way}`),
    ...(about.superuser ? [`superuser ${login}`] : []),
  ];
  const ours = single ? grantors.length > 0 : grantors.includes(me);
  return { oid: about.oid, exist: about.exist, sessions: about.sessions, ours, heldBy, grantors };
}

const membershipSql = `
  SELECT l.oid, l.oid IS NOT NULL AND r.oid IS NOT NULL AS exist, l.rolsuper AS superuser, current_user::text AS me,
    ARRAY(SELECT pg_get_userbyid(m.grantor)::text FROM pg_auth_members m
      WHERE m.roleid = r.oid AND m.member = l.oid ORDER BY 1) AS grantors,
    ARRAY(SELECT DISTINCT pg_get_userbyid(m.roleid)::text FROM pg_auth_members m
      WHERE m.member = l.oid AND m.roleid <> r.oid AND NOT l.rolsuper
        AND pg_has_role(m.roleid, r.oid, 'MEMBER') ORDER BY 1) AS ways,
    (SELECT count(*)::int FROM pg_stat_activity a WHERE a.usesysid = l.oid) AS sessions
  FROM (SELECT) AS one
    LEFT JOIN pg_roles l ON l.rolname = $1
    LEFT JOIN pg_roles r ON r.rolname = $2`;
