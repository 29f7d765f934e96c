/** `account` grants: a login of their own for each grant, with one role, a limit of sessions and an end. */
import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Receipt } from '../../model/grant.ts';
import type { Credentials, Reading } from '../contract.ts';
import { madeAs } from './find-login.ts';
import { grantRole } from './grant-role.ts';
import { markOf } from './names.ts';
import { onceMore } from './once-more.ts';
import type { Session } from './open-session.ts';
import { refused } from './refused.ts';
import { freshPassword, scramVerifier } from './scram.ts';
import type { Server } from './servers.ts';

interface Names {
  /** As it was called when the receipt was written. */
  login: string;
  role: string;
  database: string;
  /** What outlives a new name. Receipts of earlier versions know none. */
  loginOid: string | undefined;
  roleOid: string | undefined;
  /** Where the role may make triggers: those of a higher oid were made since. */
  triggersAfter: string | undefined;
}

/** Makes the login, without a password, or moves its end. One that is being ended is never woken again. */
export async function grantAccount(server: Server, receipt: Receipt, end: Date): Promise<void> {
  const names = namesOf(receipt);
  await server.change(async (session) => {
    const role = await roleNow(session, names);
    const found = await readLogin(session, names.login);
    const login = found?.login ?? names.login;
    if (found && !found.canLogin) throw beingEnded(login);
    const until = `VALID UNTIL ${escapeLiteral(end.toISOString())}`;
    await session.query(
      found
        ? `ALTER ROLE ${escapeIdentifier(login)} ${until}`
        : `CREATE ROLE ${escapeIdentifier(login)} LOGIN INHERIT CONNECTION LIMIT ${server.target.connectionLimit} ${until}`,
    );
    await session.query(
      `COMMENT ON ROLE ${escapeIdentifier(login)} IS ${escapeLiteral(markOf(names.login))}`,
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
  const { database } = namesOf(receipt);
  const password = freshPassword();
  const verifier = await scramVerifier(password);
  const validUntil = end.toISOString();
  const login = await alterLiving(
    server,
    receipt,
    `PASSWORD ${escapeLiteral(verifier)} VALID UNTIL ${escapeLiteral(validUntil)}`,
  );
  return { ...server.address, database, user: login, password, validUntil };
}

/** Present: a login of that name or mark is there, whatever it may still do. */
export async function inspectAccount(server: Server, receipt: Receipt): Promise<Reading> {
  const { login } = namesOf(receipt);
  const found = await server.use((session) => readLogin(session, login));
  if (!found) return { present: false, heldBy: [], facts: { login, exists: false } };
  const renamed = found.login === login ? {} : { madeAs: login };
  return { present: true, heldBy: [], facts: { exists: true, ...found, ...renamed } };
}

/** A receipt's names, which `prepare` wrote. */
export function namesOf(receipt: Receipt): Names {
  const { login, role, database, loginOid, roleOid, triggersAfter } = receipt.names;
  if (!login || !role || !database) throw refused('The receipt does not name login, role and database.');
  return { login, role, database, loginOid, roleOid, triggersAfter };
}

interface Login {
  /** Its name now. */
  login: string;
  canLogin: boolean;
  validUntil: string | null;
  memberOf: string[];
  sessions: number;
}

async function readLogin(session: Session, login: string): Promise<Login | undefined> {
  const [row] = await session.query<Login>(
    `SELECT r.rolname::text AS login, r.rolcanlogin AS "canLogin", r.rolvaliduntil::text AS "validUntil",
       ARRAY(SELECT pg_get_userbyid(m.roleid)::text FROM pg_auth_members m WHERE m.member = r.oid ORDER BY 1) AS "memberOf",
       (SELECT count(*)::int FROM pg_stat_activity a WHERE a.usesysid = r.oid) AS sessions
     FROM pg_roles r ${madeAs}`,
    [login, markOf(login)],
  );
  return row;
}

/** The permission role's name now. One of the same name that was made anew is another, which nobody approved. */
async function roleNow(session: Session, { role, roleOid }: Names): Promise<string> {
  if (roleOid === undefined) return role;
  const [row] = await session.query<{ name: string }>(
    'SELECT rolname::text AS name FROM pg_roles WHERE oid = $1::oid',
    [roleOid],
  );
  if (!row) throw refused(`The role "${role}" is gone since the request, or was made anew.`);
  return row.name;
}

/** Changes a login that nobody is ending; gives its name now. */
async function alterLiving(server: Server, receipt: Receipt, change: string): Promise<string> {
  const { login: madeFor } = namesOf(receipt);
  return onceMore(() =>
    server.change(async (session) => {
      const found = await readLogin(session, madeFor);
      if (!found) throw refused(`The login "${madeFor}" is gone.`);
      if (!found.canLogin) throw beingEnded(found.login);
      await session.query(`ALTER ROLE ${escapeIdentifier(found.login)} ${change}`);
      return found.login;
    }),
  );
}

function beingEnded(login: string): Error {
  return refused(`The login "${login}" is being ended: it is not woken again.`);
}
