/**
 * Triggers on other people's tables that appeared during a grant. PostgreSQL does not record who made a trigger, and one
 * that runs a function of PostgreSQL's own goes with nobody: all we can do is name it.
 */
import { isCurfewError } from '../../model/errors.ts';
import type { Server } from './servers.ts';

/** The highest oid of a trigger so far, where the role may make triggers in that database at all; else undefined. */
export async function readTriggerMark(
  server: Server,
  place: { role: string; database: string },
): Promise<string | undefined> {
  const look = () =>
    server.use((session) => session.query<{ mark: string | null }>(markSql, [place.role]), place.database);
  const [row] = await server.together(`triggers ${place.database} ${place.role}`, look);
  return row?.mark ?? undefined;
}

/** Those with a higher one now, but for what goes or is looked after otherwise: on the login's own tables, or of its functions. */
export async function findNewTriggers(
  server: Server,
  names: { role: string; database: string; roleOid: string | undefined; triggersAfter: string | undefined },
): Promise<string[]> {
  if (names.triggersAfter === undefined) return [];
  const { database, role, roleOid = null, triggersAfter } = names;
  try {
    const rows = await server.use(
      (session) => session.query<{ what: string }>(newSql, [triggersAfter, roleOid, role]),
      database,
    );
    return rows.map(
      ({ what }) =>
        `${database}: ${what} was made during the grant, and PostgreSQL does not record by whom: have its owner look at it`,
    );
  } catch (error) {
    if (!isCurfewError(error)) throw error;
    return [
      `${database}: whether triggers were made on other people's tables cannot be seen (${error.message})`,
    ];
  }
}

/** By the cluster's list of who is named where, so that a role with few rights costs little. */
const markSql = `
  WITH RECURSIVE closure AS (
    SELECT oid FROM pg_roles WHERE rolname = $1
    UNION SELECT m.roleid FROM closure c JOIN pg_auth_members m ON m.member = c.oid
  )
  SELECT (SELECT coalesce(max(oid), 0)::text FROM pg_trigger) AS mark
  WHERE EXISTS (
    SELECT FROM closure JOIN pg_shdepend s ON s.refclassid = 'pg_authid'::regclass AND s.refobjid = closure.oid
      JOIN pg_class c ON c.oid = s.objid CROSS JOIN LATERAL aclexplode(c.relacl) e
    WHERE s.classid = 'pg_class'::regclass AND s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND s.deptype = 'a' AND e.grantee = closure.oid AND e.privilege_type = 'TRIGGER')`;

const newSql = `
  SELECT format('trigger %I on %s (%s)', t.tgname, t.tgrelid::regclass, t.tgfoid::regprocedure) AS what
  FROM pg_trigger t JOIN pg_roles r ON r.oid = coalesce($2::oid, (SELECT oid FROM pg_roles WHERE rolname = $3))
  WHERE t.oid > $1::oid AND NOT t.tgisinternal AND t.tgparentid = 0 AND has_table_privilege(r.oid, t.tgrelid, 'TRIGGER')
  ORDER BY t.oid LIMIT 50`;
