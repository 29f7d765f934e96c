/**
 * Ends an `account` grant, whatever its grantee made or did meanwhile. First access is cut, in a transaction of its own;
 * then what the login made is moved to the estate, and the login is dropped. What cannot be is named.
 */
import { escapeIdentifier } from 'pg';
import { CurfewError, isCurfewError } from '../../model/errors.ts';
import type { Receipt } from '../../model/grant.ts';
import { namesOf } from './account.ts';
import { boundLeft } from './bound-left.ts';
import { clearDefaults } from './clear-defaults.ts';
import { clearDatabase } from './clear-database.ts';
import type { Cleared } from './clear-database.ts';
import { cutAccess, isCut } from './cut-access.ts';
import { endSessions } from './end-sessions.ts';
import { findBlockers } from './find-blockers.ts';
import { findLogin } from './find-login.ts';
import { findPlaces } from './find-places.ts';
import type { Place } from './find-places.ts';
import type { Login } from './names.ts';
import { findNewTriggers } from './new-triggers.ts';
import { onceMore } from './once-more.ts';
import { rollBackPrepared } from './roll-back-prepared.ts';
import type { Server } from './servers.ts';
import { isOvertaken } from './translate-error.ts';

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
 * 4. Take back default privileges that were set for the permission role, and name triggers that nobody's name is on.
 *
 * Errors carry `effective`: was access out of use when it was looked at last.
 */
export async function endAccount(server: Server, receipt: Receipt): Promise<Ended> {
  const ended = await endLogin(server, namesOf(receipt).login);
  const defaults = await clearDefaults(server, namesOf(receipt));
  const triggers = await findNewTriggers(server, namesOf(receipt));
  return { ...ended, left: boundLeft([...ended.left, ...defaults, ...triggers]) };
}

/** Another call may be ending the same login, or somebody renames it: then it is looked for once more. */
async function endLogin(server: Server, madeFor: string): Promise<Ended> {
  let last: Login | undefined;
  try {
    return await onceMore(async () => {
      last = await findLogin(server, madeFor);
      if (!last) return { found: false, left: [] };
      if (last.superuser) throw superuser(last);
      await cutAccess(server, last);
      const left = await clear(server, last);
      await drop(server, last);
      const renamed = last.name === madeFor ? [] : [`the login was called ${last.name} by then`];
      return { found: true, left: [...renamed, ...left] };
    });
  } catch (error) {
    if (!isCurfewError(error) || !last) throw error;
    throw await judged(server, last, error);
  }
}

async function judged(server: Server, login: Login, cause: CurfewError): Promise<CurfewError> {
  const effective = await isCut(server, login).catch(() => false);
  if (isOvertaken(cause) || !(await exists(server, login).catch(() => true)))
    return new CurfewError(
      'Conflict',
      `Somebody else changed or dropped the login "${login.name}" just now.`,
      {
        cause,
        effective,
      },
    );
  return new CurfewError(cause.code, cause.message, { cause, effective });
}

/** Only a superuser may change a superuser. */
function superuser(login: Login): CurfewError {
  const name = escapeIdentifier(login.name);
  return new CurfewError(
    'RevokeBlocked',
    `Somebody made the login ${name} a superuser, and only a superuser can end that. A superuser runs: ALTER ROLE ${name} NOSUPERUSER;`,
  );
}

async function exists(server: Server, login: Login): Promise<boolean> {
  const rows = await server.use((session) =>
    session.query('SELECT FROM pg_roles WHERE oid = $1', [login.oid]),
  );
  return rows.length > 0;
}

async function clear(server: Server, login: Login): Promise<string[]> {
  const places = await findPlaces(server, login);
  if (places.length === 0) return [];
  await befriend(server, login);
  await rollBackPrepared(server, login);
  const left: string[] = [];
  const problems: string[] = [];
  let passing: CurfewError | undefined;
  for (const place of places) {
    const cleared = place.closed ? closed(place) : await clearDatabase(server, login, place.database);
    left.push(...cleared.left);
    problems.push(...cleared.problems);
    passing ??= cleared.passing;
  }
  if (passing) throw new CurfewError(passing.code, `${passing.message}${soFar(left)}`, passing.details);
  problems.push(...(await findBlockers(server, login)));
  if (problems.length > 0) throw blocked(login, problems, left);
  return left;
}

/** What is dropped or moved is found no more by the next try: it is on record by this one's error. */
function soFar(left: string[]): string {
  const more = left.length > 20 ? `; and ${left.length - 20} more` : '';
  return left.length > 0 ? ` Done so far: ${left.slice(0, 20).join('; ')}${more}.` : '';
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
  if (await exists(server, login))
    throw new CurfewError('Conflict', `The login "${login.name}" is still there after it was dropped.`);
}

function blocked(login: Login, problems: string[], left: string[]): CurfewError {
  const more = problems.length > 20 ? ` And ${problems.length - 20} more.` : '';
  return new CurfewError(
    'RevokeBlocked',
    `The login "${login.name}" can log in no more, but cannot be dropped yet. ${problems.slice(0, 20).join(' ')}${more}${soFar(left)}`,
  );
}
