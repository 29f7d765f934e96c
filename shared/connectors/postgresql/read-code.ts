/** What of a login's things in one database is code, that is, runs when somebody else uses a table or says a name. */
import type { Session } from './open-session.ts';

export interface Code {
  /** `function shop.upper(character varying)` */
  what: string;
  /** Without CASCADE: nothing of anybody else's goes with it. */
  drop: string;
  /** Moves it into a schema, whose name follows. Empty where PostgreSQL knows no such thing. */
  move: string;
  classid: number;
  objid: number;
}

/** In the order in which they can be dropped, mostly. */
export function readCode(session: Session, login: { oid: number }): Promise<Code[]> {
  return session.query<Code>(codeSql, [login.oid]);
}

/** Names and signatures come quoted from the server. */
const codeSql = `
  WITH owned AS MATERIALIZED (
    SELECT classid, objid FROM pg_shdepend
    WHERE refclassid = 'pg_authid'::regclass AND refobjid = $1 AND deptype = 'o'
      AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
  ), code AS MATERIALIZED (
    SELECT classid, objid, CASE classid WHEN 'pg_proc'::regclass THEN 9 WHEN 'pg_operator'::regclass THEN 8
        WHEN 'pg_opfamily'::regclass THEN 7 WHEN 'pg_opclass'::regclass THEN 6 ELSE 5 END AS rank
    FROM owned WHERE classid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_opfamily'::regclass,
      'pg_opclass'::regclass, 'pg_conversion'::regclass)
    UNION ALL SELECT classid, objid, 4 FROM owned JOIN pg_class c ON c.oid = objid
      WHERE classid = 'pg_class'::regclass AND c.relkind = 'v'
    UNION ALL SELECT 'pg_cast'::regclass, x.oid, 5 FROM pg_cast x
      WHERE EXISTS (SELECT FROM owned WHERE (classid = 'pg_type'::regclass AND objid IN (x.castsource, x.casttarget))
        OR (classid = 'pg_proc'::regclass AND objid = x.castfunc))
    UNION ALL SELECT 'pg_trigger'::regclass, t.oid, 1 FROM pg_trigger t JOIN owned ON objid = t.tgrelid
      WHERE classid = 'pg_class'::regclass AND NOT t.tgisinternal AND t.tgparentid = 0
    UNION ALL SELECT 'pg_rewrite'::regclass, r.oid, 1 FROM pg_rewrite r JOIN owned ON objid = r.ev_class
      WHERE classid = 'pg_class'::regclass AND r.rulename <> '_RETURN'
  ), uses AS MATERIALIZED (
    SELECT DISTINCT d.classid, d.objid FROM pg_depend d JOIN code c ON d.refclassid = c.classid AND d.refobjid = c.objid
    WHERE d.deptype IN ('n', 'a')
  )
  SELECT o.type || ' ' || o.identity AS what, format('DROP %s %s', k.kind, o.identity) AS drop,
    CASE WHEN c.rank >= 4 AND c.classid <> 'pg_cast'::regclass
      THEN format('ALTER %s %s SET SCHEMA ', k.kind, o.identity) ELSE '' END AS move,
    c.classid::int AS classid, c.objid::int AS objid, c.rank
  FROM code c CROSS JOIN LATERAL pg_identify_object(c.classid, c.objid, 0) o
    -- Of an aggregate, AGGREGATE would want the signature in another form.
    CROSS JOIN LATERAL (SELECT CASE o.type WHEN 'aggregate' THEN 'ROUTINE' ELSE upper(o.type) END AS kind) k
  WHERE o.identity IS NOT NULL
  UNION ALL
  SELECT format('%s %I of %s', CASE a.attgenerated WHEN '' THEN 'default of' ELSE 'generation of' END, a.attname, t.oid::regclass),
    format('ALTER TABLE %s %s %I%s', t.oid::regclass, CASE a.attgenerated WHEN 'v' THEN 'DROP' ELSE 'ALTER' END, a.attname,
      CASE a.attgenerated WHEN '' THEN ' DROP DEFAULT' WHEN 's' THEN ' DROP EXPRESSION' ELSE '' END), '',
    u.classid::int, u.objid::int, 2
  FROM uses u JOIN pg_attrdef f ON f.oid = u.objid JOIN pg_class t ON t.oid = f.adrelid
    JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
  WHERE u.classid = 'pg_attrdef'::regclass AND t.relowner = $1 AND t.relkind <> 'v'
  UNION ALL
  SELECT format('constraint %I of %s', k.conname, coalesce(t.oid::regclass::text, y.oid::regtype::text)),
    format('ALTER %s DROP CONSTRAINT %I', coalesce('TABLE ' || t.oid::regclass, 'DOMAIN ' || y.oid::regtype), k.conname), '',
    u.classid::int, u.objid::int, 2
  FROM uses u JOIN pg_constraint k ON k.oid = u.objid
    LEFT JOIN pg_class t ON t.oid = k.conrelid LEFT JOIN pg_type y ON y.oid = k.contypid
  WHERE u.classid = 'pg_constraint'::regclass AND coalesce(t.relowner, y.typowner) = $1
  UNION ALL
  SELECT 'index ' || i.oid::regclass, coalesce(
      (SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname) FROM pg_constraint k
        WHERE k.conindid = i.oid AND k.contype IN ('p', 'u', 'x')), 'DROP INDEX ' || i.oid::regclass), '',
    u.classid::int, u.objid::int, 3
  FROM uses u JOIN pg_class i ON i.oid = u.objid
  WHERE u.classid = 'pg_class'::regclass AND i.relkind IN ('i', 'I') AND i.relowner = $1
  UNION ALL
  SELECT o.type || ' ' || o.identity, format('DROP %s %s', CASE o.type WHEN 'policy' THEN 'POLICY' ELSE 'STATISTICS' END, o.identity), '',
    u.classid::int, u.objid::int, 3
  FROM uses u LEFT JOIN pg_policy p ON p.oid = u.objid AND u.classid = 'pg_policy'::regclass
    LEFT JOIN pg_class t ON t.oid = p.polrelid
    LEFT JOIN pg_statistic_ext s ON s.oid = u.objid AND u.classid = 'pg_statistic_ext'::regclass
    CROSS JOIN LATERAL pg_identify_object(u.classid, u.objid, 0) o
  WHERE coalesce(t.relowner, s.stxowner) = $1
  ORDER BY rank, what`;
