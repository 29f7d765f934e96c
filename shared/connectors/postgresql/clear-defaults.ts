/**
 * A grantee has the rights of the permission role, and so may set default privileges *of that role*: they outlive the
 * grant, and name it as an owner. Every ending takes them back.
 */
import { isCurfewError } from '../../model/errors.ts';
import { readDefaults } from './read-defaults.ts';
import type { Server } from './servers.ts';

interface Names {
  role: string;
  roleOid: string | undefined;
}

interface Place {
  /** The permission role, quoted. */
  role: string;
  /** Itself, and those that it is a member of: whoever has its rights has theirs. */
  owners: string[];
  database: string;
  open: boolean;
}

/** Says what was taken back. Never fails for what cannot be: nobody has access by it, and `check` says what to run. */
export async function clearDefaults(server: Server, names: Names): Promise<string[]> {
  const left: string[] = [];
  for (const place of await findDefaults(server, names))
    if (place.open) left.push(...(await clear(server, place)));
    else
      left.push(
        `${place.database}: default privileges of ${place.owners.join(', ')} stay: Curfew cannot get in`,
      );
  return left;
}

/** One look at the cluster's own list, which costs next to nothing when there are none. */
function findDefaults(server: Server, { role, roleOid }: Names): Promise<Place[]> {
  return server.use((session) =>
    session.query<Place>(
      `WITH RECURSIVE closure AS (
         SELECT oid FROM pg_roles WHERE oid = coalesce($2::oid, (SELECT oid FROM pg_roles WHERE rolname = $1))
         UNION SELECT m.roleid FROM closure c JOIN pg_auth_members m ON m.member = c.oid
       )
       SELECT (SELECT quote_ident(rolname) FROM pg_roles WHERE oid = coalesce($2::oid, (SELECT oid FROM pg_roles WHERE rolname = $1))) AS role,
         array_agg(DISTINCT r.rolname::text) AS owners, d.datname::text AS database,
         d.datallowconn AND has_database_privilege(d.oid, 'CONNECT') AS open
       FROM closure JOIN pg_roles r USING (oid)
         JOIN pg_shdepend s ON s.refclassid = 'pg_authid'::regclass AND s.refobjid = r.oid
         JOIN pg_database d ON d.oid = s.dbid
       WHERE s.classid = 'pg_default_acl'::regclass AND s.deptype = 'o'
       GROUP BY d.oid, d.datname, d.datallowconn`,
      [role, roleOid ?? null],
    ),
  );
}

async function clear(server: Server, { role, owners, database }: Place): Promise<string[]> {
  const label = `${database}: default privileges`;
  try {
    return await server.change(async (session) => {
      // For the length of this transaction, and seen by nobody: Curfew itself has no rights of the role.
      const how = session.version >= 160_000 ? ' WITH INHERIT TRUE, SET FALSE' : '';
      await session.query(`GRANT ${role} TO CURRENT_USER${how}`);
      const found = await readDefaults(session, owners);
      for (const { statements } of found) for (const statement of statements) await session.query(statement);
      await session.query(`REVOKE ${role} FROM CURRENT_USER`);
      return found.map(({ what }) => `${label} ${what}, taken back`);
    }, database);
  } catch (error) {
    if (!isCurfewError(error)) throw error;
    return [`${label} of ${owners.join(', ')} stay (${error.message})`];
  }
}
