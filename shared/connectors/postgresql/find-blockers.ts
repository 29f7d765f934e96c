/** What still keeps a login from being dropped: rights that others gave it. Named with the statement that is missing, and who can run it. */
import { escapeIdentifier } from 'pg';
import { findPlaces } from './find-places.ts';
import type { Login } from './names.ts';
import type { Session } from './open-session.ts';
import { readPrivileges } from './read-privileges.ts';
import type { Server } from './servers.ts';

/** One sentence for each. What is in a database that is closed to Curfew cannot be told. */
export async function findBlockers(server: Server, login: Login): Promise<string[]> {
  const blockers: string[] = [];
  for (const { database, closed } of await findPlaces(server, login))
    if (!closed)
      blockers.push(...(await server.use((session) => blockersIn(session, login, database), database)));
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
