/**
 * Ends an `account` grant, whatever its grantee made or did meanwhile. First access is cut, in a transaction of its own;
 * then what the login made is moved to the estate, and the login is dropped. What cannot be is named.
 */
import { escapeIdentifier } from 'pg';
import { CurfewError, isCurfewError } from '../../model/errors.ts';
import type { Receipt } from '../../model/grant.ts';
import { namesOf } from './account.ts';
import { clearDatabase } from './clear-database.ts';
import type { Cleared } from './clear-database.ts';
import { cutAccess, isCut } from './cut-access.ts';
import { endSessions } from './end-sessions.ts';
import { findBlockers } from './find-blockers.ts';
import { findPlaces } from './find-places.ts';
import type { Place } from './find-places.ts';
import type { Login } from './names.ts';
import { rollBackPrepared } from './roll-back-prepared.ts';
import type { Server } from './servers.ts';

export interface Ended {
  /** Was there anything to remove? */
  found: boolean;
  /** What the grantee had made and is still there, now nobody's to use; and what was dropped with the login. */
  left: string[];
}

/**
 * 1. Cut: no new session, no password, no session, no role. From here on access is out of use.
 * 2. In each database that names the login: take back what it gave, move what it owns, forget what it was given.
 * 3. Drop it, and look that neither it nor a session of it is left.
 *
 * Errors carry `effective`: was access out of use when it was looked at last.
 */
export async function endAccount(server: Server, receipt: Receipt): Promise<Ended> {
  const { login: name } = namesOf(receipt);
  const login = await find(server, name);
  if (!login) return { found: false, left: [] };
  try {
    await cutAccess(server, login);
    const left = await clear(server, login);
    await drop(server, login);
    return { found: true, left };
  } catch (error) {
    if (!isCurfewError(error)) throw error;
    throw await judged(server, login, error);
  }
}

async function judged(server: Server, login: Login, cause: CurfewError): Promise<CurfewError> {
  if ((await find(server, login.name).catch(() => login)) === undefined)
    return new CurfewError('Conflict', `Somebody else dropped the login "${login.name}" just now.`, {
      cause,
    });
  const effective = await isCut(server, login).catch(() => false);
  return new CurfewError(cause.code, cause.message, { cause, effective });
}

async function find(server: Server, name: string): Promise<Login | undefined> {
  const [row] = await server.use((session) =>
    session.query<{ oid: number }>('SELECT oid FROM pg_roles WHERE rolname = $1', [name]),
  );
  return row && { name, oid: row.oid };
}

async function clear(server: Server, login: Login): Promise<string[]> {
  const places = await findPlaces(server, login);
  if (places.length === 0) return [];
  await befriend(server, login);
  await rollBackPrepared(server, login);
  const left: string[] = [];
  const problems: string[] = [];
  for (const place of places) {
    const cleared = place.closed ? closed(place) : await clearDatabase(server, login, place.database);
    left.push(...cleared.left);
    problems.push(...cleared.problems);
  }
  problems.push(...(await findBlockers(server, login)));
  if (problems.length > 0) throw blocked(login, problems);
  return left;
}

function closed({ database, remedy }: Place): Cleared {
  return { left: [], problems: [`What it has in ${database} cannot be seen. Run: ${remedy}`] };
}

/** Makes Curfew's own login a member, so that it may do with the login's things what the login might. */
async function befriend(server: Server, login: Login): Promise<void> {
  await server.change(async (session) => {
    const how = session.version >= 160_000 ? ' WITH INHERIT TRUE, SET TRUE' : '';
    await session.query(`GRANT ${escapeIdentifier(login.name)} TO CURRENT_USER${how}`);
  });
}

async function drop(server: Server, login: Login): Promise<void> {
  await server.change((session) => session.query(`DROP ROLE IF EXISTS ${escapeIdentifier(login.name)}`));
  // One that was let in just before it was shut out shows up only now.
  await server.use((session) => endSessions(server, session, login.oid));
  if (await find(server, login.name))
    throw new CurfewError('Conflict', `The login "${login.name}" was made anew while it was being dropped.`);
}

function blocked(login: Login, problems: string[]): CurfewError {
  const more = problems.length > 20 ? ` And ${problems.length - 20} more.` : '';
  return new CurfewError(
    'RevokeBlocked',
    `The login "${login.name}" can log in no more, but cannot be dropped yet. ${problems.slice(0, 20).join(' ')}${more}`,
  );
}
