/**
 * Drops the code that a login made, and keeps its data: code that stays would run with the rights of whoever comes by,
 * in the name of another's function, or as the trigger of a table. What others depend on stays, out of everybody's way.
 */
import { escapeIdentifier } from 'pg';
import { findDependents } from './find-dependents.ts';
import { estateName } from './names.ts';
import type { Login } from './names.ts';
import type { Session } from './open-session.ts';
import { readCode } from './read-code.ts';
import type { Code } from './read-code.ts';
import type { Server } from './servers.ts';
import { isConflict, sqlStateOf } from './translate-error.ts';

/** So much in one transaction: what is dropped stays dropped, also when the call's time is over before all is. */
export const mostAtOnce = 2000;

/** Says what it did. Where that is `mostAtOnce` or more, there may be more to do. */
export async function dropCode(server: Server, session: Session, login: Login): Promise<string[]> {
  await session.query('SAVEPOINT code');
  const { dropped, stuck } = await dropInRounds(session, login);
  const said = dropped.map(({ what }) => `dropped ${what}`);
  for (const one of stuck) said.push(await dropOrKeep(server, session, login, one));
  return said;
}

/** Again and again, as long as that brings one more: what one round dropped may be all that was in another's way. */
async function dropInRounds(session: Session, login: Login): Promise<{ dropped: Code[]; stuck: Code[] }> {
  const dropped: Code[] = [];
  for (;;) {
    const before = dropped.length;
    const found = await readCode(session, login);
    for (const one of found) {
      if (dropped.length >= mostAtOnce) return { dropped, stuck: [] };
      if (await attempt(session, one.drop)) dropped.push(one);
    }
    if (found.length === 0 || dropped.length === before) return { dropped, stuck: found };
  }
}

/** Two functions can depend on each other: then all that hangs on one is the login's as well, and goes with it. */
async function dropOrKeep(server: Server, session: Session, login: Login, code: Code): Promise<string> {
  if (await isGone(session, code)) return `dropped ${code.what}`;
  const others = await findDependents(session, login, code);
  if (others.length === 0 && (await attempt(session, `${code.drop} CASCADE`))) return `dropped ${code.what}`;
  const estate = estateName(server.call.installation);
  const moved = code.move !== '' && (await attempt(session, `${code.move} ${escapeIdentifier(estate)}`));
  const where = moved ? `, moved to schema ${estate}` : '';
  const why = others.length === 0 ? 'PostgreSQL does not let it go' : `needed by ${others.join(', ')}`;
  return `kept ${code.what}, without rights${where}: ${why}`;
}

/** With another that it hung on. */
async function isGone(session: Session, { classid, objid }: Code): Promise<boolean> {
  const [row] = await session.query<{ gone: boolean }>(
    'SELECT (pg_identify_object($1, $2, 0)).identity IS NULL AS gone',
    [classid, objid],
  );
  return row?.gone === true;
}

/** One round trip, after a savepoint that is always there. False where it did not work, or is gone. Throws what may pass by itself, such as another's lock. */
async function attempt(session: Session, statement: string): Promise<boolean> {
  try {
    await session.query(`${statement}; RELEASE SAVEPOINT code; SAVEPOINT code`);
    return true;
  } catch (error) {
    const state = sqlStateOf(error);
    const lasting = state !== undefined && /^(42|2BP01|0A|22|23|55000|3F)/.test(state);
    if (!lasting && !(isConflict(error) && state === '2BP01')) throw error;
    await session.query('ROLLBACK TO SAVEPOINT code');
    return false;
  }
}
