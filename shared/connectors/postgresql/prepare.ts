/** Before anything is touched: names what a grant will change, and refuses what could never be taken back. */
import { escapeIdentifier } from 'pg';
import type { Receipt } from '../../model/grant.ts';
import type { Intent } from '../contract.ts';
import { madeAs } from './find-login.ts';
import { loginName, markOf } from './names.ts';
import { readTriggerMark } from './new-triggers.ts';
import type { Session } from './open-session.ts';
import { findLeaks, leaksRefusal } from './find-leaks.ts';
import { refused } from './refused.ts';
import type { Server } from './servers.ts';
import { isName, permissionOf } from './target.ts';
import type { Permission } from './target.ts';

/** Reads only. Throws `TargetRefused` where the grant could not be made, or could not be ended. */
export async function prepare(server: Server, intent: Intent): Promise<Receipt> {
  const permission = permissionOf(server.target, intent.resource, intent.permission);
  const receipt =
    permission.mode === 'account'
      ? await prepareAccount(server, permission, intent)
      : await prepareMembership(server, permission, intent);
  const look = () => findLeaks(server, permission);
  const found = await server.together(`leaks ${permission.mode} ${permission.role}`, look);
  const leaks = found.filter((leak) => !leak.mended);
  if (leaks.length > 0) throw leaksRefusal(permission.role, leaks);
  return receipt;
}

type Place = Permission & { database: string };

async function prepareAccount(server: Server, permission: Place, intent: Intent): Promise<Receipt> {
  const login = loginName(server.call.installation, intent.grantId);
  const [row] = await server.use((session) =>
    session.query<{ taken: boolean; role: string | null; database: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_roles r ${madeAs}) AS taken,
         (SELECT oid::text FROM pg_roles WHERE rolname = $3) AS role,
         EXISTS (SELECT FROM pg_database WHERE datname = $4) AS database`,
      [login, markOf(login), permission.role, permission.database],
    ),
  );
  if (row?.taken) throw refused(`A login "${login}" is there already, and is none of this grant's.`);
  const roleOid = demandPlace(permission, row);
  const { role, database } = permission;
  const triggersAfter = await readTriggerMark(server, permission);
  const names = { login, role, database, roleOid, ...(triggersAfter && { triggersAfter }) };
  return { artefact: login, shared: false, stood: false, names };
}

async function prepareMembership(server: Server, permission: Place, intent: Intent): Promise<Receipt> {
  const { login } = intent;
  const { role, database } = permission;
  if (login === undefined)
    throw refused(
      `${intent.grantee.name} has no login of their own at ${server.call.integration.name}: name it in the directory.`,
    );
  if (!isName(login)) throw refused('That login is longer than PostgreSQL can hold.');
  const [row] = await server.use((session) => readMember(session, login, permission));
  if (!row?.login) throw refused(`There is no login "${login}" at ${server.call.integration.name}.`);
  if (row.own) throw refused(`"${login}" is Curfew's own login.`);
  if (login === role) throw refused(`"${role}" cannot be put into itself.`);
  const roleOid = demandPlace(permission, row);
  const names = { login, role, database, loginOid: row.login, roleOid };
  const artefact = `${escapeIdentifier(role)} <- ${escapeIdentifier(login)}`;
  return { artefact, shared: true, stood: row.stood, names };
}

interface Member {
  /** Oids: what is meant, whatever it is called later. */
  login: string | null;
  own: boolean;
  stood: boolean;
  role: string | null;
  database: boolean;
}

/** From 16 on rows are kept by grantor, and only our own is ours to touch. Before, there is but one. */
function readMember(session: Session, login: string, permission: Place): Promise<Member[]> {
  return session.query<Member>(
    `SELECT (SELECT oid::text FROM pg_roles WHERE rolname = $1 AND rolcanlogin) AS login,
       $1 = current_user AS own,
       EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
         JOIN pg_roles l ON l.oid = m.member
         WHERE r.rolname = $2 AND l.rolname = $1
           AND ($4::boolean OR pg_get_userbyid(m.grantor) = current_user)) AS stood,
       (SELECT oid::text FROM pg_roles WHERE rolname = $2) AS role,
       EXISTS (SELECT FROM pg_database WHERE datname = $3) AS database`,
    [login, permission.role, permission.database, session.version < 160_000],
  );
}

/** Gives the role's oid. */
function demandPlace(
  permission: Place,
  found: { role: string | null; database: boolean } | undefined,
): string {
  if (!found?.role) throw refused(`There is no role "${permission.role}" at the cluster.`);
  if (!found.database) throw refused(`There is no database "${permission.database}" at the cluster.`);
  return found.role;
}
