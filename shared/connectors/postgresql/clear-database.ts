/** Takes back what a login gave, drops its code and moves its data, in one database. Step by step, so that a later one cannot undo an earlier one. */
import { escapeIdentifier } from 'pg';
import { CurfewError, isCurfewError } from '../../model/errors.ts';
import { dropCode, mostAtOnce } from './drop-code.ts';
import type { Login } from './names.ts';
import { moveToEstate } from './move-to-estate.ts';
import type { Session } from './open-session.ts';
import { nameLock } from './name-lock.ts';
import { readPrivileges } from './read-privileges.ts';
import type { Server } from './servers.ts';
import { isOvertaken } from './translate-error.ts';

export interface Cleared {
  /** What is still there, moved, and what was dropped. */
  left: string[];
  /** What is in the way, and who can do what about it. */
  problems: string[];
  /** What may pass by itself: a lock, a lost connection. */
  passing?: CurfewError;
}

/**
 * Curfew's login is a member of the login by now. What one step could not do keeps the next from being begun: a function
 * that is moved away while its trigger is still there would be found as the login's no more.
 */
export async function clearDatabase(server: Server, login: Login, database: string): Promise<Cleared> {
  const cleared: Cleared = { left: [], problems: [] };
  for (const [what, step] of Object.entries(steps)) {
    try {
      for (let more = true; more; ) {
        const said = await server.change(async (session) => {
          await session.query(`SET LOCAL lock_timeout = '${longestLockMs}ms'`);
          return step(server, session, login);
        }, database);
        cleared.left.push(...said.map((line) => `${database}: ${line}`));
        more = step === dropCode && said.length >= mostAtOnce;
      }
    } catch (error) {
      if (!isCurfewError(error)) throw error;
      if (isCurfewError(error, 'TargetRefused', 'RevokeBlocked') && !isOvertaken(error))
        cleared.problems.push(`In ${database}: ${error.message}`);
      else cleared.passing = await nameLock(server, login, database, what, error);
      break;
    }
  }
  return cleared;
}

/** Whoever waits for a lock makes everybody wait who comes after, the application too: so not for long. */
const longestLockMs = 250;

type Step = (server: Server, session: Session, login: Login) => Promise<string[]>;

const steps: Record<string, Step> = {
  'take back what it gave': takeBackGifts,
  'drop its triggers': dropTriggers,
  'drop its foreign keys': dropReferences,
  'drop its code': dropCode,
  'move what it owns': moveToEstate,
};

/** A copy of a table given to a friend must not stay readable, nor a SECURITY DEFINER function stay callable. */
async function takeBackGifts(_: Server, session: Session, login: Login): Promise<string[]> {
  for (const gift of await readPrivileges(session, 'given', [login.oid])) {
    const to = gift.granteeOid === 0 ? 'PUBLIC' : escapeIdentifier(gift.grantee);
    await session.query(`REVOKE ALL ON ${gift.kind} ${gift.object} FROM ${to} CASCADE`);
  }
  return [];
}

/** Whoever writes to the table runs its triggers, and nobody's right to run them is looked at. */
async function dropTriggers(_: Server, session: Session, login: Login): Promise<string[]> {
  const found = await session.query<{ function: string; triggers: string[] }>(
    `SELECT (pg_identify_object('pg_proc'::regclass, p.oid, 0)).identity AS function,
       array_agg(quote_ident(t.tgname) || ' on ' || c.oid::regclass::text) AS triggers
     FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid
     WHERE p.proowner = $1 AND c.relowner <> $1 GROUP BY p.oid`,
    [login.oid],
  );
  for (const one of found) await session.query(`DROP FUNCTION ${one.function} CASCADE`);
  return found.map((one) => `dropped function ${one.function} with trigger ${one.triggers.join(', ')}`);
}

/** A foreign key to another's table would keep rows there from being deleted. */
async function dropReferences(_: Server, session: Session, login: Login): Promise<string[]> {
  const found = await session.query<{ table: string; name: string; to: string }>(
    `SELECT c.oid::regclass::text AS table, k.conname::text AS name, r.oid::regclass::text AS to
     FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid
     WHERE k.contype = 'f' AND k.conparentid = 0 AND c.relowner = $1 AND r.relowner <> $1`,
    [login.oid],
  );
  for (const one of found)
    await session.query(`ALTER TABLE ${one.table} DROP CONSTRAINT ${escapeIdentifier(one.name)}`);
  return found.map((one) => `dropped foreign key ${one.name} of ${one.table} to ${one.to}`);
}
