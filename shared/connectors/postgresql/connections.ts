/**
 * Our few connections to one cluster: at most eight at once. One of them is kept for good, so that a grantee who takes
 * every slot cannot lock us out.
 */
import { CurfewError } from '../../model/errors.ts';
import type { Call } from '../contract.ts';
import { endMatching } from './end-sessions.ts';
import { createGate } from './gate.ts';
import type { Gate } from './gate.ts';
import type { Session } from './open-session.ts';
import { closeAll, giveBack, limit, open, takeSession } from './pool.ts';
import type { Place, Pool } from './pool.ts';
import { sqlStateOf, translateError } from './translate-error.ts';

export interface Connections {
  /** Runs `work` on a session of that database. Throws CurfewErrors; the session is cut when the call is aborted. */
  use<T>(call: Call, database: string, work: Work<T>): Promise<T>;
  /** The server's processes that serve this very process. */
  pids(): number[];
  close(): Promise<void>;
}
type Work<T> = (session: Session) => Promise<T>;

interface Keeping {
  pool: Pool;
  gate: Gate;
  session?: Promise<Session>;
}

/** With the one that is kept: eight. */
const most = 7;

export function createConnections(place: Place): Connections {
  const pool: Pool = { place, gate: createGate(most), most, idle: [], all: new Set(), cut: new Set() };
  const keeping: Keeping = { pool, gate: createGate(1) };
  return {
    use: (call, database, work) => use(keeping, call, database, work),
    pids: () => [...pool.all].map((session) => session.pid),
    close: () => closeAll(pool),
  };
}

async function use<T>(keeping: Keeping, call: Call, database: string, work: Work<T>): Promise<T> {
  const { pool } = keeping;
  await keep(keeping, call).catch((error: unknown) => {
    if (!isFull(error)) throw beforeWork(error, call);
  });
  const leave = await pool.gate.enter(call.signal);
  try {
    const session = await takeSession(pool, call, database).catch((error: unknown) => {
      if (isFull(error) && database === pool.place.home) return undefined;
      throw beforeWork(error, call);
    });
    if (session) return await run(pool, call, session, work).finally(() => giveBack(pool, session));
  } finally {
    leave();
  }
  return useKept(keeping, call, work);
}

/** Every slot is taken: we work, one after the other, on the connection that we never gave up. */
async function useKept<T>(keeping: Keeping, call: Call, work: Work<T>): Promise<T> {
  const leave = await keeping.gate.enter(call.signal);
  try {
    const session = await keep(keeping, call);
    await limit(keeping.pool, call, session);
    return await run(keeping.pool, call, session, work);
  } catch (error) {
    throw beforeWork(error, call);
  } finally {
    leave();
  }
}

/** The permanent connection, opened or opened again. */
async function keep(keeping: Keeping, call: Call): Promise<Session> {
  const before = keeping.session;
  const kept = await before?.catch(() => undefined);
  if (kept && !kept.broken) return kept;
  if (kept) keeping.pool.all.delete(kept);
  // Of several that come at once, the first opens it.
  if (keeping.session === before) keeping.session = open(keeping.pool, call, keeping.pool.place.home);
  return keeping.session as Promise<Session>;
}

async function run<T>(pool: Pool, call: Call, session: Session, work: Work<T>): Promise<T> {
  const cut = () => {
    pool.cut.add(session);
    session.destroy();
  };
  if (call.signal.aborted) cut();
  call.signal.addEventListener('abort', cut);
  try {
    await endCut(pool, call, session);
    return await work(session);
  } catch (error) {
    throw translateError(error, false, call.signal.aborted);
  } finally {
    call.signal.removeEventListener('abort', cut);
  }
}

/** Whoever comes next sees to it that nothing of a call which was stopped lands after this. */
async function endCut(pool: Pool, call: Call, session: Session): Promise<void> {
  const cut = [...pool.cut];
  if (cut.length === 0) return;
  const processes = cut.map(({ pid, since }) => `${pid} ${since}`);
  const condition = `usesysid = current_user::regrole AND pid || ' ' || backend_start::text = ANY ($1::text[])`;
  await endMatching({ call, clock: pool.place.clock }, session, condition, [processes]);
  for (const one of cut) pool.cut.delete(one);
}

/** An error before any work was sent: nothing of it lands. */
function beforeWork(error: unknown, call: Call): unknown {
  if (isFull(error))
    return new CurfewError(
      'TargetUnavailable',
      'Every connection slot is taken. On 16 and later, reserved_connections and pg_use_reserved_connections keep some for Curfew.',
      { cause: error, mayLand: false },
    );
  return translateError(error, true, call.signal.aborted);
}

function isFull(error: unknown): boolean {
  return sqlStateOf(error) === '53300';
}
