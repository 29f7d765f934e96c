/** Moves what a login owns to the estate: a role that nobody can log in as, without rights and without members but Curfew. */
import { escapeIdentifier } from 'pg';
import { CurfewError } from '../../model/errors.ts';
import { estateName } from './names.ts';
import type { Login } from './names.ts';
import type { Session } from './open-session.ts';
import type { Server } from './servers.ts';
import { sqlStateOf } from './translate-error.ts';

interface Owned {
  kind: string;
  object: string;
  schema: string | null;
  /** A table or a type goes without the new owner's right to make something in its schema. */
  needsCreate: boolean;
}

/** Nothing is destroyed: data that a grantee made is kept for its administrators. What it was given is forgotten. */
export async function moveToEstate(server: Server, session: Session, login: Login): Promise<string[]> {
  const estate = estateName(server.call.installation);
  const [from, to] = [escapeIdentifier(login.name), escapeIdentifier(estate)];
  const owned = await readOwned(session, login);
  try {
    await session.query('SAVEPOINT move');
    // Schemas first: what lies in them is moved by the rights of who owns them.
    for (const { object } of owned.filter(({ kind }) => kind === 'schema'))
      await session.query(`ALTER SCHEMA ${object} OWNER TO ${to}`);
    if (owned.length > 0) await session.query(`REASSIGN OWNED BY ${from} TO ${to}`);
  } catch (error) {
    const state = sqlStateOf(error);
    if (state !== '42501' && state !== '42704') throw error;
    await session.query('ROLLBACK TO SAVEPOINT move');
    throw await explain(session, owned, estate, error as Error);
  }
  // Only now, when it owns nothing any more, is this no destruction.
  await session.query(`DROP OWNED BY ${from}`);
  return owned.map(({ kind, object }) => `${kind} ${object}, now of ${estate}`);
}

/** Without default privileges and user mappings, which hold no data and go with the login. */
function readOwned(session: Session, login: Login): Promise<Owned[]> {
  return session.query<Owned>(
    `SELECT o.type AS kind, o.identity AS object, o.schema,
       s.classid NOT IN ('pg_class'::regclass, 'pg_type'::regclass, 'pg_largeobject'::regclass, 'pg_namespace'::regclass) AS "needsCreate"
     FROM pg_shdepend s CROSS JOIN LATERAL pg_identify_object(s.classid, s.objid, 0) o
     WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = $1 AND s.deptype = 'o'
       AND s.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
       AND s.classid NOT IN ('pg_default_acl'::regclass, 'pg_user_mapping'::regclass)
     ORDER BY 1, 2`,
    [login.oid],
  );
}

async function explain(session: Session, owned: Owned[], estate: string, error: Error): Promise<CurfewError> {
  const to = escapeIdentifier(estate);
  const [about] = await session.query<{
    exists: boolean;
    usable: boolean;
    me: string;
    database: string;
    creates: boolean;
  }>(
    `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS exists,
       EXISTS (SELECT FROM pg_roles r WHERE r.rolname = $1 AND pg_has_role(r.oid, 'USAGE')) AS usable,
       quote_ident(current_user) AS me, quote_ident(current_database()) AS database,
       has_database_privilege(current_database(), 'CREATE') AS creates`,
    [estate],
  );
  const remedies: string[] = [];
  if (!about?.exists) remedies.push(`CREATE ROLE ${to} NOLOGIN;`);
  if (!about?.usable) remedies.push(`GRANT ${to} TO ${about?.me};`);
  if (owned.some(({ kind }) => kind === 'schema') && !about?.creates)
    remedies.push(`GRANT CREATE ON DATABASE ${about?.database} TO ${about?.me};`);
  if (about?.exists) remedies.push(...(await schemaRemedies(session, owned, estate)));
  const objects = owned.map(({ kind, object }) => `${kind} ${object}`).join(', ');
  return new CurfewError(
    'RevokeBlocked',
    `${objects} cannot be moved to ${to} (${error.message}). A superuser or the schema's owner runs there: ${remedies.join(' ')}`,
    { cause: error },
  );
}

async function schemaRemedies(session: Session, owned: Owned[], estate: string): Promise<string[]> {
  const schemas = [...new Set(owned.filter((one) => one.needsCreate).flatMap((one) => one.schema ?? []))];
  const rows = await session.query<{ remedy: string }>(
    `SELECT format('GRANT CREATE ON SCHEMA %I TO %I;', nspname, $1::text) AS remedy FROM pg_namespace
     WHERE quote_ident(nspname) = ANY ($2::text[]) AND NOT has_schema_privilege($1, oid, 'CREATE') ORDER BY 1`,
    [estate, schemas],
  );
  return rows.map((row) => row.remedy);
}
