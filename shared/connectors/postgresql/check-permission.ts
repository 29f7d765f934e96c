/** Can grants of one permission be made, and ended without a trace? */
import { escapeIdentifier } from 'pg';
import type { Check } from '../contract.ts';
import { findLeaks } from './find-leaks.ts';
import { estateName } from './names.ts';
import type { Session } from './open-session.ts';
import type { Server } from './servers.ts';
import type { Permission } from './target.ts';

type Place = Permission & { database: string };

export async function checkPermission(server: Server, place: Place): Promise<Check[]> {
  const name = `${place.role} on ${place.database}`;
  const missing = await server.use((session) => readMissing(session, place));
  if (missing.length > 0) return [{ name, ok: false, detail: missing.join(' ') }];
  const leaks = await findLeaks(server, place);
  const unmovable = await server.use(
    (session) => readUnmovable(session, place.role, estateName(server.call.installation)),
    place.database,
  );
  const problems = [...leaks.map(({ what, remedy }) => `${what}. Run: ${remedy}`), ...unmovable];
  const good = `${place.mode === 'account' ? 'Logins' : 'Memberships'} can be granted and ended.`;
  return [
    {
      name,
      ok: problems.length === 0,
      detail: problems.length === 0 ? good : problems.slice(0, 10).join(' '),
    },
  ];
}

async function readMissing(session: Session, { role, database }: Place): Promise<string[]> {
  const [row] = await session.query<{
    role: boolean;
    database: boolean;
    admin: boolean;
    connect: boolean;
    me: string;
  }>(
    `SELECT r.oid IS NOT NULL AS role, d.oid IS NOT NULL AS database, quote_ident(current_user) AS me,
       $3::boolean OR coalesce(pg_has_role(r.oid, 'MEMBER WITH ADMIN OPTION'), false) AS admin,
       coalesce(has_database_privilege(r.oid, d.oid, 'CONNECT'), false) AS connect
     FROM (SELECT) AS one LEFT JOIN pg_roles r ON r.rolname = $1 LEFT JOIN pg_database d ON d.datname = $2`,
    [role, database, session.version < 160_000],
  );
  const name = escapeIdentifier(role);
  if (!row?.role)
    return [`There is no role ${name}. Run: CREATE ROLE ${name} NOLOGIN; and give it its privileges.`];
  if (!row.database) return [`There is no database ${escapeIdentifier(database)}.`];
  return [
    ...(row.admin
      ? []
      : [
          `Curfew may not put anybody into it. Run: GRANT ${name} TO ${row.me} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;`,
        ]),
    ...(row.connect
      ? []
      : [
          `It cannot connect there. Run: GRANT CONNECT ON DATABASE ${escapeIdentifier(database)} TO ${name};`,
        ]),
  ];
}

/** Where the role may create, the estate must be able to take it over, and Curfew a schema. */
async function readUnmovable(session: Session, role: string, estate: string): Promise<string[]> {
  const rows = await session.query<{ remedy: string }>(
    `SELECT format('What is made in it cannot be taken over. Run: GRANT USAGE, CREATE ON SCHEMA %I TO %I;', n.nspname, e.rolname) AS remedy
     FROM pg_namespace n, pg_roles e, pg_roles r
     WHERE e.rolname = $2 AND r.rolname = $1 AND NOT r.rolsuper AND n.nspname !~ '^pg_'
       AND has_schema_privilege(r.oid, n.oid, 'CREATE') AND NOT has_schema_privilege(e.oid, n.oid, 'CREATE')
     UNION ALL
     SELECT format('A schema made there cannot be taken over. Run: GRANT CREATE ON DATABASE %I TO %I;', d.datname, w.rolname)
     FROM pg_database d, pg_roles r, pg_roles w
     WHERE d.datname = current_database() AND r.rolname = $1 AND NOT r.rolsuper
       AND (w.rolname = $2 OR w.rolname = current_user)
       AND has_database_privilege(r.oid, d.oid, 'CREATE') AND NOT has_database_privilege(w.oid, d.oid, 'CREATE')`,
    [role, estate],
  );
  return rows.map((row) => row.remedy);
}
