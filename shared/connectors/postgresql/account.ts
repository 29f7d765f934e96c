/** `account` grants: a login of their own for each grant, with one role, a limit of sessions and an end. */
import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Receipt } from '../../model/grant.ts';
import type { Credentials, Reading } from '../contract.ts';
import type { Session } from './open-session.ts';
import { grantRole } from './grant-role.ts';
import { refused } from './refused.ts';
import { freshPassword, scramVerifier } from './scram.ts';
import type { Server } from './servers.ts';

interface Names {
  login: string;
  role: string;
  database: string;
}

/** Makes the login, without a password, or moves its end. One that is being ended is never woken again. */
export async function grantAccount(server: Server, receipt: Receipt, end: Date): Promise<void> {
  const { login, role } = namesOf(receipt);
  await server.change(async (session) => {
    const found = await readLogin(session, login);
    if (found && !found.canLogin) throw beingEnded(login);
    const until = `VALID UNTIL ${escapeLiteral(end.toISOString())}`;
    await session.query(
      found
        ? `ALTER ROLE ${escapeIdentifier(login)} ${until}`
        : `CREATE ROLE ${escapeIdentifier(login)} LOGIN INHERIT CONNECTION LIMIT ${server.target.connectionLimit} ${until}`,
    );
    await grantRole(session, role, login);
  });
}

/** Moves the end of a login that is there. */
export async function extendAccount(server: Server, receipt: Receipt, end: Date): Promise<void> {
  await alterLiving(server, receipt, `VALID UNTIL ${escapeLiteral(end.toISOString())}`);
}

/** A fresh password, good until `end`; the one before is good no longer. */
export async function accountCredentials(server: Server, receipt: Receipt, end: Date): Promise<Credentials> {
  const { login, database } = namesOf(receipt);
  const password = freshPassword();
  const verifier = await scramVerifier(password);
  const validUntil = end.toISOString();
  await alterLiving(
    server,
    receipt,
    `PASSWORD ${escapeLiteral(verifier)} VALID UNTIL ${escapeLiteral(validUntil)}`,
  );
  return { ...server.address, database, user: login, password, validUntil };
}

/** Present: a login of that name is there, whatever it may still do. */
export async function inspectAccount(server: Server, receipt: Receipt): Promise<Reading> {
  const { login } = namesOf(receipt);
  const found = await server.use((session) => readLogin(session, login));
  if (!found) return { present: false, heldBy: [], facts: { login, exists: false } };
  return { present: true, heldBy: [], facts: { login, exists: true, ...found } };
}

/** A receipt's names, which `prepare` wrote. */
export function namesOf(receipt: Receipt): Names {
  const { login, role, database } = receipt.names;
  if (!login || !role || !database) throw refused('The receipt does not name login, role and database.');
  return { login, role, database };
}

interface Login {
  canLogin: boolean;
  validUntil: string | null;
  memberOf: string[];
  sessions: number;
}

async function readLogin(session: Session, login: string): Promise<Login | undefined> {
  const [row] = await session.query<Login>(
    `SELECT r.rolcanlogin AS "canLogin", r.rolvaliduntil::text AS "validUntil",
       ARRAY(SELECT pg_get_userbyid(m.roleid)::text FROM pg_auth_members m WHERE m.member = r.oid ORDER BY 1) AS "memberOf",
       (SELECT count(*)::int FROM pg_stat_activity a WHERE a.usesysid = r.oid) AS sessions
     FROM pg_roles r WHERE r.rolname = $1`,
    [login],
  );
  return row;
}

async function alterLiving(server: Server, receipt: Receipt, change: string): Promise<void> {
  const { login } = namesOf(receipt);
  await server.change(async (session) => {
    const found = await readLogin(session, login);
    if (!found) throw refused(`The login "${login}" is gone.`);
    if (!found.canLogin) throw beingEnded(login);
    await session.query(`ALTER ROLE ${escapeIdentifier(login)} ${change}`);
  });
}

function beingEnded(login: string): Error {
  return refused(`The login "${login}" is being ended: it is not woken again.`);
}
