/** Default privileges of a role in one database, and the SQL that takes them back to what PostgreSQL starts with. */
import type { Session } from './open-session.ts';

export interface Default {
  /** E.g. `of app_read on TABLES for PUBLIC`. */
  what: string;
  statements: string[];
}

/** A row goes when it says no more than PostgreSQL's own default: the owner everything, and everybody functions and types. */
export async function readDefaults(session: Session, roles: string[]): Promise<Default[]> {
  const rows = await session.query<Row>(
    `SELECT quote_ident(r.rolname) AS role, n.nspname IS NULL AS everywhere,
       format('ALTER DEFAULT PRIVILEGES FOR ROLE %I', r.rolname) || coalesce(' IN SCHEMA ' || quote_ident(n.nspname), '') AS head,
       CASE a.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'ROUTINES' WHEN 'T' THEN 'TYPES'
         WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END AS kind,
       ARRAY(SELECT DISTINCT CASE e.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(e.grantee)) END
         FROM aclexplode(a.defaclacl) e ORDER BY 1) AS grantees
     FROM pg_default_acl a JOIN pg_roles r ON r.oid = a.defaclrole LEFT JOIN pg_namespace n ON n.oid = a.defaclnamespace
     WHERE r.rolname = ANY ($1::text[]) ORDER BY 1, 3, 4`,
    [roles],
  );
  return rows.map(defaultOf);
}

interface Row {
  role: string;
  everywhere: boolean;
  head: string;
  kind: string;
  grantees: string[];
}

function defaultOf({ role, everywhere, head, kind, grantees }: Row): Default {
  const open = kind === 'ROUTINES' || kind === 'TYPES' ? `${role}, PUBLIC` : role;
  return {
    what: `of ${role} on ${kind} for ${grantees.filter((name) => name !== role).join(', ') || 'nobody'}`,
    statements: [
      ...(grantees.length > 0 ? [`${head} REVOKE ALL ON ${kind} FROM ${grantees.join(', ')};`] : []),
      ...(everywhere ? [`${head} GRANT ALL ON ${kind} TO ${open};`] : []),
    ],
  };
}
