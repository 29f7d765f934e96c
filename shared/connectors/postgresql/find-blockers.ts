/** What still keeps a login from being dropped: rights that others gave it. Named with the statement that is missing, and who can run it. */
import { escapeIdentifier } from 'pg';
import type { Login } from './names.ts';
import type { Session } from './open-session.ts';
import { readPrivileges } from './read-privileges.ts';
import type { Server } from './servers.ts';

/** One sentence for each. */
export async function findBlockers(server: Server, login: Login): Promise<string[]> {
  const databases = await server.use((session) =>
    session.query<{ name: string }>(
      `SELECT DISTINCT coalesce(d.datname::text, current_database()::text) AS name FROM pg_shdepend s
       LEFT JOIN pg_database d ON d.oid = s.dbid
       WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = $1 ORDER BY 1`,
      [login.oid],
    ),
  );
  const blockers: string[] = [];
  for (const { name } of databases)
    blockers.push(...(await server.use((session) => blockersIn(session, login, name), name)));
  return blockers;
}

async function blockersIn(session: Session, login: Login, database: string): Promise<string[]> {
  const held = await readPrivileges(session, 'held', [login.oid]);
  const name = escapeIdentifier(login.name);
  const grants = held.map(
    (one) =>
      `${one.grantor} gave it ${one.privileges.join(', ')} on ${one.object} in ${database}: as ${one.grantor} run REVOKE ALL ON ${one.kind} ${one.object} FROM ${name} CASCADE;`,
  );
  return [...grants, ...(await otherBlockers(session, login, database))];
}

/** Policies, and whatever a later PostgreSQL invents. What it owns is told by whoever could not move it. */
async function otherBlockers(session: Session, login: Login, database: string): Promise<string[]> {
  const rows = await session.query<{ kind: string; object: string }>(
    `SELECT o.type AS kind, o.identity AS object
     FROM pg_shdepend s CROSS JOIN LATERAL pg_identify_object(s.classid, s.objid, s.objsubid) o
     WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = $1 AND s.deptype NOT IN ('o', 'a')
       AND s.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))`,
    [login.oid],
  );
  return rows.map(
    ({ kind, object }) =>
      `The ${kind} ${object} in ${database} names it: its owner takes "${login.name}" out of it.`,
  );
}
