/** `membership` grants: the grantee's own login is put into a role and taken out again; what others gave stays. */
import { escapeIdentifier } from 'pg';
import type { Receipt } from '../../model/grant.ts';
import type { Reading } from '../contract.ts';
import { namesOf } from './account.ts';
import { clearDefaults } from './clear-defaults.ts';
import { endSessionsSoFar } from './end-sessions.ts';
import { grantRole } from './grant-role.ts';
import { onceMore } from './once-more.ts';
import type { Session } from './open-session.ts';
import { refused } from './refused.ts';
import type { Server } from './servers.ts';

export async function grantMembership(server: Server, receipt: Receipt): Promise<void> {
  await onceMore(() =>
    server.change(async (session) => {
      const { exist, login, role, loginMadeAnew, roleMadeAnew } = await readMembership(session, receipt);
      if (!exist || loginMadeAnew || roleMadeAnew)
        throw refused(`"${login}" or "${role}" is gone since the request, or was made anew.`);
      await grantRole(session, role, login);
    }),
  );
}

/** PostgreSQL knows no end of a membership: only looks whether it is there. */
export async function extendMembership(server: Server, receipt: Receipt): Promise<void> {
  const { ours, login, role } = await server.use((session) => readMembership(session, receipt));
  if (!ours) throw refused(`"${login}" is no longer in "${role}".`);
}

/** Takes out what Curfew put in, and cuts the login's sessions, unless the access is held by another way besides. */
export async function endMembership(
  server: Server,
  receipt: Receipt,
): Promise<{ found: boolean; left?: string[] }> {
  const before = await onceMore(() => server.change((session) => takeOut(session, receipt)));
  await server.use(async (session) => {
    const after = await readMembership(session, receipt);
    const touched = before.ours || !after.loginMadeAnew;
    if (after.oid !== null && touched && !after.ours && after.heldBy.length === 0)
      await endSessionsSoFar(server, session, after.oid);
  });
  const left = await clearDefaults(server, namesOf(receipt));
  return { found: before.ours, ...(left.length > 0 ? { left } : {}) };
}

async function takeOut(session: Session, receipt: Receipt): Promise<Membership> {
  const before = await readMembership(session, receipt);
  if (before.exist)
    await session.query(`REVOKE ${escapeIdentifier(before.role)} FROM ${escapeIdentifier(before.login)}`);
  return before;
}

/** Present: the row that Curfew makes is there. Before 16 there is but one, whoever made it. */
export async function inspectMembership(server: Server, receipt: Receipt): Promise<Reading> {
  const names = namesOf(receipt);
  const found = await server.use((session) => readMembership(session, receipt));
  const { ours: present, heldBy, login, role, grantors, sessions } = found;
  const renamed = {
    ...(login === names.login ? {} : { loginWas: names.login }),
    ...(role === names.role ? {} : { roleWas: names.role }),
    ...(found.loginMadeAnew ? { loginMadeAnew: true } : {}),
    ...(found.roleMadeAnew ? { roleMadeAnew: true } : {}),
  };
  const facts = { login, role, loginExists: found.oid !== null, grantors, sessions, ...renamed };
  return { present, heldBy, facts };
}

interface Membership {
  /** The names now; those of the receipt where there is none of them. */
  login: string;
  role: string;
  /** The login's, null when it is gone. */
  oid: number | null;
  /** Are both roles there? */
  exist: boolean;
  /** Ours is gone, and another has its name. */
  loginMadeAnew: boolean;
  roleMadeAnew: boolean;
  ours: boolean;
  heldBy: string[];
  grantors: string[];
  sessions: number;
}

type Row = Omit<Membership, 'ours' | 'heldBy'> & { superuser: boolean | null; ways: string[]; me: string };

async function readMembership(session: Session, receipt: Receipt): Promise<Membership> {
  const { login, role, loginOid = null, roleOid = null } = namesOf(receipt);
  const [row] = await session.query<Row>(membershipSql, [login, role, loginOid, roleOid]);
  if (!row) throw refused('PostgreSQL gave no answer about a membership.');
  const { me, ways, superuser, ...about } = row;
  const single = session.version < 160_000;
  const others = single ? [] : about.grantors.filter((grantor) => grantor !== me);
  const heldBy = [
    ...others.map((grantor) => `membership ${about.role} granted by ${grantor}`),
    ...ways.map((way) => `membership ${about.role} by way of ${way}`),
    ...(superuser ? [`superuser ${about.login}`] : []),
  ];
  const ours = single ? about.grantors.length > 0 : about.grantors.includes(me);
  return { ...about, ours, heldBy };
}

/**
 * By oid, which outlives a new name. By name where nothing has that oid: the receipt is of an earlier version, the role
 * was made anew (then no row of ours can be in it), or the cluster was restored from a dump (then our row must be found).
 */
const membershipSql = `
  SELECT coalesce(l.rolname::text, $1) AS login, coalesce(r.rolname::text, $2) AS role, l.oid,
    l.oid IS NOT NULL AND r.oid IS NOT NULL AS exist, l.rolsuper AS superuser,
    coalesce(l.oid <> $3::oid, false) AS "loginMadeAnew", coalesce(r.oid <> $4::oid, false) AS "roleMadeAnew", current_user::text AS me,
    ARRAY(SELECT pg_get_userbyid(m.grantor)::text FROM pg_auth_members m
      WHERE m.roleid = r.oid AND m.member = l.oid ORDER BY 1) AS grantors,
    ARRAY(SELECT DISTINCT pg_get_userbyid(m.roleid)::text FROM pg_auth_members m
      WHERE m.member = l.oid AND m.roleid <> r.oid AND NOT l.rolsuper
        AND pg_has_role(m.roleid, r.oid, 'MEMBER') ORDER BY 1) AS ways,
    (SELECT count(*)::int FROM pg_stat_activity a WHERE a.usesysid = l.oid) AS sessions
  FROM (SELECT) AS one
    LEFT JOIN pg_roles l ON l.oid = coalesce(
      (SELECT oid FROM pg_roles WHERE oid = $3::oid), (SELECT oid FROM pg_roles WHERE rolname = $1::text))
    LEFT JOIN pg_roles r ON r.oid = coalesce(
      (SELECT oid FROM pg_roles WHERE oid = $4::oid), (SELECT oid FROM pg_roles WHERE rolname = $2::text))`;
