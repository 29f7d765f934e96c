/** Who gave whom what, on every object of one database that names certain roles: PostgreSQL keeps that in twelve places. */
import type { Session } from './open-session.ts';

export interface Privilege {
  /** As REVOKE writes it: `TABLE`, `ROUTINE`, `SCHEMA`, ... */
  kind: string;
  /** The object, quoted by the server, as REVOKE writes it. */
  object: string;
  privileges: string[];
  grantor: string;
  /** `public` for everybody. */
  grantee: string;
  /** 0 for everybody. */
  granteeOid: number;
  grantable: boolean;
}

/**
 * `given`: what these roles gave to others, on their own objects (what everybody has from the start included) and by
 * grant option on others'. `held`: what these roles were given on objects of others. Only what this database and the
 * whole cluster hold; one row for each object, giver and receiver.
 */
export function readPrivileges(
  session: Session,
  which: 'given' | 'held',
  roles: number[],
): Promise<Privilege[]> {
  const wanted =
    which === 'given'
      ? 'e.grantor = ANY ($1::oid[]) AND e.grantee <> ALL ($1::oid[])'
      : 'e.grantee = ANY ($1::oid[]) AND e.grantor <> ALL ($1::oid[])';
  return session.query<Privilege>(
    `WITH named AS (
       SELECT DISTINCT classid, objid FROM pg_shdepend
       WHERE refclassid = 'pg_authid'::regclass AND refobjid = ANY ($1::oid[]) AND deptype IN ('o', 'a')
         AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
     ), lists (kind, classid, objid, acl) AS (${lists(session.version)})
     SELECT l.kind, coalesce((pg_identify_object(l.classid, l.objid, 0)).identity, l.objid::text) AS object,
       array_agg(DISTINCT e.privilege_type::text) AS privileges,
       pg_get_userbyid(e.grantor)::text AS grantor,
       CASE e.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(e.grantee)::text END AS grantee,
       e.grantee AS "granteeOid", bool_or(e.is_grantable) AS grantable
     FROM lists l JOIN named USING (classid, objid) CROSS JOIN LATERAL aclexplode(l.acl) e
     WHERE ${wanted}
     GROUP BY l.kind, l.classid, l.objid, e.grantor, e.grantee`,
    [roles],
  );
}

/** Where no list is stored, PostgreSQL's own default holds: everybody may execute a function. */
function lists(version: number): string {
  const simple = (kind: string, table: string, owner: string, acl: string, letter: string, classid = table) =>
    `SELECT '${kind}', '${classid}'::regclass::oid, oid, coalesce(${acl}, acldefault('${letter}', ${owner})) FROM ${table}`;
  return [
    `SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, 'pg_class'::regclass::oid, oid,
       coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END, relowner))
     FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')`,
    `SELECT 'TABLE', 'pg_class'::regclass::oid, attrelid, attacl FROM pg_attribute
     WHERE attacl IS NOT NULL AND NOT attisdropped`,
    simple('ROUTINE', 'pg_proc', 'proowner', 'proacl', 'f'),
    simple('TYPE', 'pg_type', 'typowner', 'typacl', 'T'),
    simple('SCHEMA', 'pg_namespace', 'nspowner', 'nspacl', 'n'),
    simple('LARGE OBJECT', 'pg_largeobject_metadata', 'lomowner', 'lomacl', 'L', 'pg_largeobject'),
    simple('FOREIGN DATA WRAPPER', 'pg_foreign_data_wrapper', 'fdwowner', 'fdwacl', 'F'),
    simple('FOREIGN SERVER', 'pg_foreign_server', 'srvowner', 'srvacl', 'S'),
    simple('LANGUAGE', 'pg_language', 'lanowner', 'lanacl', 'l'),
    simple('DATABASE', 'pg_database', 'datdba', 'datacl', 'd'),
    simple('TABLESPACE', 'pg_tablespace', 'spcowner', 'spcacl', 't'),
    ...(version >= 150_000
      ? [`SELECT 'PARAMETER', 'pg_parameter_acl'::regclass::oid, oid, paracl FROM pg_parameter_acl`]
      : []),
  ].join('\nUNION ALL ');
}
