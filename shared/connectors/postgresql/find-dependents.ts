/** Who would lose something if a piece of a login's code were dropped with all that depends on it. */
import type { Session } from './open-session.ts';

/** Names what is not the login's own code: another's things, and what holds data. Empty: nobody loses anything. */
export async function findDependents(
  session: Session,
  login: { oid: number },
  code: { classid: number; objid: number },
): Promise<string[]> {
  const rows = await session.query<{ what: string }>(dependentsSql, [login.oid, code.classid, code.objid]);
  return rows.map((row) => row.what);
}

/** A rule that makes a view takes the view with it; a view, its row type. */
const dependentsSql = `
  WITH RECURSIVE hanging (classid, objid) AS (
    SELECT $2::oid, $3::oid
    UNION
    SELECT n.classid, n.objid FROM hanging h CROSS JOIN LATERAL (
      SELECT d.classid, d.objid FROM pg_depend d WHERE d.refclassid = h.classid AND d.refobjid = h.objid
        AND NOT (d.classid = h.classid AND d.objid = h.objid)
      UNION ALL
      SELECT d.refclassid, d.refobjid FROM pg_depend d
        WHERE d.classid = h.classid AND d.objid = h.objid AND d.deptype = 'i'
    ) n
  ), owned AS (
    SELECT classid, objid FROM pg_shdepend s
    WHERE refclassid = 'pg_authid'::regclass AND refobjid = $1 AND deptype = 'o'
      AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
  )
  SELECT o.type || ' ' || o.identity AS what
  FROM hanging h CROSS JOIN LATERAL pg_identify_object(h.classid, h.objid, 0) o
    LEFT JOIN pg_class c ON h.classid = 'pg_class'::regclass AND c.oid = h.objid
    LEFT JOIN pg_rewrite r ON h.classid = 'pg_rewrite'::regclass AND r.oid = h.objid
    LEFT JOIN pg_class v ON v.oid = r.ev_class
    LEFT JOIN pg_type t ON h.classid = 'pg_type'::regclass AND t.oid = h.objid
    LEFT JOIN pg_type e ON e.oid = t.typelem
    LEFT JOIN pg_class tc ON tc.oid = coalesce(nullif(t.typrelid, 0), e.typrelid)
  WHERE o.identity IS NOT NULL
    AND NOT (coalesce(v.relowner = $1 AND v.relkind = 'v', false))
    AND NOT (coalesce(tc.relowner = $1 AND tc.relkind = 'v', false))
    AND NOT (EXISTS (SELECT FROM owned WHERE owned.classid = h.classid AND owned.objid = h.objid)
      AND (h.classid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_opfamily'::regclass, 'pg_opclass'::regclass)
        OR c.relkind = 'v'))
  ORDER BY 1`;
