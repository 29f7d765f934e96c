/** What a permission role must not have, because it would outlive a grant. */
import { escapeIdentifier } from 'pg';
import { estateName } from './names.ts';
import type { Session } from './open-session.ts';
import { readDefaults } from './read-defaults.ts';
import type { Default } from './read-defaults.ts';
import { readPrivileges } from './read-privileges.ts';
import type { Privilege } from './read-privileges.ts';
import { refused } from './refused.ts';
import type { Server } from './servers.ts';
import type { Permission } from './target.ts';

export interface Leak {
  what: string;
  /** The SQL that mends it. */
  remedy: string;
  /** Every ending of a grant of the role mends it, and it gives nobody anything: no reason to refuse the next. */
  mended?: true;
}

/** Looks at the role, at all that it is a member of, and at every database where any of them is named. */
export async function findLeaks(server: Server, permission: Permission): Promise<Leak[]> {
  const { role, mode } = permission;
  const [found, version] = await server.use(async (session) => [await readRole(session, server, role), session.version] as const); // biome-ignore format: one thought
  if (!found) return [];
  const attributes = attributeLeaks(role, found, version);
  const privileges: Leak[] = [];
  for (const database of found.databases) {
    const held = await server.use((session) => readPrivileges(session, 'held', found.closure), database);
    // Before 16 a grantee can SET ROLE, and what is made then belongs to the role; a membership's grantee keeps what is made.
    const mayMake = mode === 'account' && version >= 160_000;
    privileges.push(...held.flatMap((privilege) => privilegeLeaks(database, privilege, mode, mayMake)));
  }
  for (const database of found.defaults) {
    const defaults = await server.use((session) => readDefaults(session, found.names), database);
    privileges.push(...defaults.map((one) => defaultLeak(database, one)));
  }
  return [...attributes, ...privileges];
}

interface Role {
  superuser: boolean;
  attributes: boolean;
  closure: number[];
  names: string[];
  dangerous: string[];
  ours: string[];
  owns: string[];
  /** Databases where one of them has default privileges of its own. */
  defaults: string[];
  administers: string[];
  databases: string[];
}

async function readRole(session: Session, server: Server, role: string): Promise<Role | undefined> {
  const [row] = await session.query<Role>(
    `WITH closure AS (
       SELECT c.oid, c.rolname, c.rolsuper, c.rolcreaterole OR c.rolcreatedb OR c.rolreplication OR c.rolbypassrls AS attributes
       FROM pg_roles r JOIN pg_roles c ON c.oid = r.oid OR (pg_has_role(r.oid, c.oid, 'MEMBER') AND NOT r.rolsuper)
       WHERE r.rolname = $1
     )
     SELECT bool_or(rolsuper) AS superuser, bool_or(attributes) AS attributes, array_agg(oid) AS closure, array_agg(rolname::text) AS names,
       coalesce(array_agg(rolname::text) FILTER (WHERE rolname = ANY ($2::name[])), '{}') AS dangerous,
       coalesce(array_agg(rolname::text) FILTER (WHERE rolname IN (current_user, $3)), '{}') AS ours,
       ARRAY(SELECT DISTINCT coalesce(d.datname::text, 'the cluster') FROM pg_shdepend s
         LEFT JOIN pg_database d ON d.oid = s.dbid
         WHERE s.refclassid = 'pg_authid'::regclass AND s.deptype = 'o' AND s.classid <> 'pg_default_acl'::regclass
           AND s.refobjid IN (SELECT oid FROM closure) ORDER BY 1) AS owns,
       ARRAY(SELECT DISTINCT d.datname::text FROM pg_shdepend s JOIN pg_database d ON d.oid = s.dbid
         WHERE s.refclassid = 'pg_authid'::regclass AND s.deptype = 'o' AND s.classid = 'pg_default_acl'::regclass
           AND d.datallowconn AND s.refobjid IN (SELECT oid FROM closure) ORDER BY 1) AS defaults,
       ARRAY(SELECT pg_get_userbyid(m.roleid)::text FROM pg_auth_members m
         WHERE m.admin_option AND m.member IN (SELECT oid FROM closure) ORDER BY 1) AS administers,
       ARRAY(SELECT DISTINCT d.datname::text FROM pg_shdepend s JOIN pg_database d
           ON d.oid = s.dbid OR (s.dbid = 0 AND d.datname = current_database())
         WHERE s.refclassid = 'pg_authid'::regclass AND s.deptype = 'a' AND d.datallowconn
           AND s.refobjid IN (SELECT oid FROM closure) ORDER BY 1) AS databases
     FROM closure HAVING count(*) > 0`,
    [role, dangerousRoles, estateName(server.call.installation)],
  );
  return row;
}

/** Predefined roles that lead out of the database, to the server's files and programs. */
const dangerousRoles = ['pg_execute_server_program', 'pg_write_server_files', 'pg_read_server_files'];

function attributeLeaks(role: string, found: Role, version: number): Leak[] {
  const name = escapeIdentifier(role);
  const { superuser, dangerous, ours, owns, administers } = found;
  return [
    ...when(superuser, 'it is superuser, or a member of one', `ALTER ROLE ${name} NOSUPERUSER;`),
    ...when(
      found.attributes && version < 160_000,
      'it may create roles or databases, replicate or bypass row security, and before 16 a member becomes it by SET ROLE',
      `ALTER ROLE ${name} NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS;`,
    ),
    ...dangerous.map((to) => ({
      what: `it is a member of ${to}`,
      remedy: `REVOKE ${to} FROM ${name};`,
    })),
    ...ours.map((to) => ({
      what: `it is a member of "${to}", which is Curfew's`,
      remedy: `REVOKE ${escapeIdentifier(to)} FROM ${name};`,
    })),
    ...owns.map((place) => ({
      what: `it owns objects in ${place}, and an owner gives rights on`,
      remedy: `REASSIGN OWNED BY ${name} TO the_owner_of_the_application; (in ${place})`,
    })),
    ...administers.map((to) => ({
      what: `it may put others into "${to}"`,
      remedy: `REVOKE ADMIN OPTION FOR ${escapeIdentifier(to)} FROM ${name};`,
    })),
  ];
}

function defaultLeak(database: string, { what, statements }: Default): Leak {
  return {
    what: `there are default privileges ${what} in ${database}, which a grantee may have set`,
    remedy: `${statements.join(' ')} (in ${database})`,
    mended: true,
  };
}

function when(bad: boolean, what: string, remedy: string): Leak[] {
  return bad ? [{ what, remedy }] : [];
}

function privilegeLeaks(
  database: string,
  held: Privilege,
  mode: Permission['mode'],
  mayMake: boolean,
): Leak[] {
  const from = `ON ${held.kind} ${held.object} FROM ${escapeIdentifier(held.grantee)};`;
  const leaks: Leak[] = [];
  if (held.grantable)
    leaks.push({
      what: `it may pass on its rights on ${held.object} in ${database}`,
      remedy: `REVOKE GRANT OPTION FOR ALL PRIVILEGES ${from}`,
    });
  const makes = held.privileges.filter(
    (privilege) =>
      (privilege === 'CREATE' && !mayMake) ||
      (mode === 'membership' && (privilege === 'TRIGGER' || privilege === 'REFERENCES')),
  );
  if (makes.length > 0)
    leaks.push({
      what: `it has ${makes.join(', ')} on ${held.object} in ${database}, and what is made by it outlives the grant`,
      remedy: `REVOKE ${makes.join(', ')} ${from}`,
    });
  return leaks;
}

/** Leaks as a refusal says them. */
export function leaksRefusal(role: string, leaks: Leak[]): Error {
  const more = leaks.length > 3 ? ` and ${leaks.length - 3} more` : '';
  const what = leaks.slice(0, 3).map((leak) => leak.what);
  return refused(
    `A grant of "${role}" could not be ended cleanly: ${what.join('; ')}${more}. Run: ${leaks[0]?.remedy}`,
  );
}
