/** Whose lock kept a step from being done: a person can only act on an error that names the session. */
import { CurfewError, isCurfewError } from '../../model/errors.ts';
import type { Login } from './names.ts';
import type { Server } from './servers.ts';
import { sqlStateOf } from './translate-error.ts';

interface Lock {
  object: string;
  pid: number;
  user: string;
  application: string;
}

/** The error of a step that waited for a lock in vain, with who holds one there now; any other as it is. */
export async function nameLock(
  server: Server,
  login: Login,
  database: string,
  step: string,
  error: CurfewError,
): Promise<CurfewError> {
  if (!isCurfewError(error, 'Conflict') || sqlStateOf(error.cause) !== '55P03') return error;
  const locks = await findLocks(server, login, database).catch(() => []);
  const who = locks.map(
    ({ object, pid, user, application }) =>
      `process ${pid} of ${user}${application ? ` (${application})` : ''} holds ${object}`,
  );
  const said = who.length > 0 ? `${who.join('; ')}. It` : 'Who holds it is not to be seen any more. It';
  return new CurfewError(
    'Conflict',
    `In ${database} somebody's lock keeps Curfew from going on to ${step}: ${said} is tried again; a transaction that stays open ends by SELECT pg_terminate_backend(${locks[0]?.pid ?? 'pid'}).`,
    { ...error.details, cause: error.cause },
  );
}

/** On the login's own tables, on those where its functions are triggers, and on those that its foreign keys point to. */
function findLocks(server: Server, login: Login, database: string): Promise<Lock[]> {
  return server.use(
    (session) =>
      session.query<Lock>(
        `WITH concerned AS (
           SELECT oid FROM pg_class WHERE relowner = $1
           UNION SELECT t.tgrelid FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proowner = $1
           UNION SELECT k.confrelid FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE c.relowner = $1
         )
         SELECT DISTINCT l.relation::regclass::text AS object, l.pid, coalesce(a.usename::text, 'nobody') AS user,
           coalesce(a.application_name, '') AS application
         FROM pg_locks l JOIN concerned ON concerned.oid = l.relation LEFT JOIN pg_stat_activity a ON a.pid = l.pid
         WHERE l.granted AND l.pid <> pg_backend_pid()
           AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
         ORDER BY 2, 1 LIMIT 5`,
        [login.oid],
      ),
    database,
  );
}
