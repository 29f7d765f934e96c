/** May Curfew's own login do what it must, and no more? */
import { escapeIdentifier } from 'pg';
import type { Check } from '../contract.ts';
import { estateName } from './names.ts';
import type { Session } from './open-session.ts';
import type { Server } from './servers.ts';

export async function checkOwnLogin(server: Server): Promise<Check[]> {
  const estate = estateName(server.call.installation);
  const own = await server.use((session) => readOwn(session, estate));
  return [...rightsOf(own), databasesOf(own), estateOf(own, estate)];
}

interface Own {
  me: string;
  version: number;
  superuser: boolean;
  createRole: boolean;
  signal: boolean;
  closedDatabases: string[];
  estate: boolean;
  estateLogin: boolean;
  estateUsable: boolean;
  estateMembers: string[];
}

async function readOwn(session: Session, estate: string): Promise<Own> {
  // SET apart from USAGE can be asked about from 16 on.
  const usable = session.version >= 160_000 ? "'USAGE') AND pg_has_role(e.oid, 'SET'" : "'USAGE'";
  const [row] = await session.query<Omit<Own, 'version'>>(
    `SELECT quote_ident(current_user) AS me, r.rolsuper AS superuser, r.rolcreaterole AS "createRole",
       pg_has_role('pg_signal_backend', 'USAGE') AS signal,
       ARRAY(SELECT quote_ident(datname) FROM pg_database
         WHERE datallowconn AND NOT has_database_privilege(oid, 'CONNECT') ORDER BY 1) AS "closedDatabases",
       e.oid IS NOT NULL AS estate, coalesce(e.rolcanlogin, false) AS "estateLogin",
       coalesce(pg_has_role(e.oid, ${usable}), false) AS "estateUsable",
       ARRAY(SELECT pg_get_userbyid(m.member)::text FROM pg_auth_members m
         WHERE m.roleid = e.oid AND m.member <> r.oid ORDER BY 1) AS "estateMembers"
     FROM pg_roles r LEFT JOIN pg_roles e ON e.rolname = $1 WHERE r.rolname = current_user`,
    [estate],
  );
  return { ...(row as Omit<Own, 'version'>), version: session.version };
}

function rightsOf({ me, superuser, createRole, signal }: Own): Check[] {
  return [
    {
      name: 'own login',
      ok: !superuser && createRole,
      detail: superuser
        ? `${me} is superuser, which Curfew never needs. Run: ALTER ROLE ${me} NOSUPERUSER CREATEROLE;`
        : createRole
          ? `${me} may make and drop logins, and is no superuser.`
          : `${me} may not make logins. Run: ALTER ROLE ${me} CREATEROLE;`,
    },
    {
      name: 'end sessions',
      ok: signal,
      detail: signal
        ? `${me} may end the sessions of grantees.`
        : `${me} may not end sessions. Run: GRANT pg_signal_backend TO ${me};`,
    },
  ];
}

/** What a grantee made may be in any database that lets everybody in. */
function databasesOf({ me, closedDatabases }: Own): Check {
  const remedies = closedDatabases.map((name) => `GRANT CONNECT ON DATABASE ${name} TO ${me};`);
  return {
    name: 'databases',
    ok: remedies.length === 0,
    detail:
      remedies.length === 0
        ? `${me} may connect to every database.`
        : `${me} cannot look for what grantees made there. Run: ${remedies.join(' ')}`,
  };
}

function estateOf(own: Own, name: string): Check {
  const [estate, { me, version }] = [escapeIdentifier(name), own];
  const how = version >= 160_000 ? ' WITH INHERIT TRUE, SET TRUE' : '';
  const remedies = [
    ...(own.estate ? [] : [`CREATE ROLE ${estate} NOLOGIN NOINHERIT;`]),
    ...(own.estateUsable ? [] : [`GRANT ${estate} TO ${me}${how};`]),
    ...(own.estateLogin ? [`ALTER ROLE ${estate} NOLOGIN;`] : []),
    ...own.estateMembers.map((member) => `REVOKE ${estate} FROM ${escapeIdentifier(member)};`),
  ];
  return {
    name: 'estate',
    ok: remedies.length === 0,
    detail:
      remedies.length === 0
        ? `What grantees made goes to ${estate}, which nobody can use.`
        : `${estate} is to get what grantees made, and nobody but ${me} may be a member. Run: ${remedies.join(' ')}`,
  };
}
