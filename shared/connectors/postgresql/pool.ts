/** Sessions that are open, and what becomes of them: reused while they answer, closed when idle or in the way. */
import type { Clock } from '../../ports.ts';
import type { Call } from '../contract.ts';
import type { Gate } from './gate.ts';
import { openSession } from './open-session.ts';
import type { Session } from './open-session.ts';
import { remainingMs } from './remaining-ms.ts';

export interface Place {
  url: string;
  installation: string;
  /** The maintenance database, where roles are changed. */
  home: string;
  clock: Clock;
}

export interface Pool {
  place: Place;
  gate: Gate;
  /** How many may be open at once, beside the one that is kept. */
  most: number;
  idle: Session[];
  all: Set<Session>;
  /** Cut while they may have been at work: the server may still finish what it was told. */
  cut: Set<Session>;
}

const idleMs = 10_000;
/** Whoever waits for a lock makes others wait behind it, the application too. */
const longestLockMs = 2000;

/** An idle session that still answers, or a new one. */
export async function takeSession(pool: Pool, call: Call, database: string): Promise<Session> {
  for (;;) {
    const at = pool.idle.findLastIndex((session) => session.database === database);
    if (at < 0) break;
    const [session] = pool.idle.splice(at, 1) as [Session];
    if (await answers(pool, call, session)) return session;
    forget(pool, session);
  }
  while (pool.idle.length > 0 && pool.idle.length + pool.gate.inside() > pool.most)
    forget(pool, pool.idle.shift() as Session);
  return open(pool, call, database);
}

/** Puts a session back for the next call, unless it is of no more use. */
export function giveBack(pool: Pool, session: Session): void {
  if (session.broken) return forget(pool, session);
  pool.idle.push(session);
  setTimeout(() => {
    const at = pool.idle.indexOf(session);
    if (at < 0) return;
    pool.idle.splice(at, 1);
    forget(pool, session);
  }, idleMs).unref();
}

/** Opens one more, bounded by the call. */
export async function open(pool: Pool, call: Call, database: string): Promise<Session> {
  const timeoutMs = remainingMs(call, pool.place.clock);
  const session = await openSession({ ...pool.place, database, timeoutMs, signal: call.signal });
  pool.all.add(session);
  await limit(pool, call, session);
  return session;
}

/** At the server too, nothing of a call outlives its deadline: no lock either, of a process that was ended in the middle of it. */
export async function limit(pool: Pool, call: Call, session: Session): Promise<void> {
  const ms = Math.ceil(remainingMs(call, pool.place.clock));
  await session.query(
    `SELECT set_config('statement_timeout', $1, false), set_config('lock_timeout', $2, false),
       set_config('idle_in_transaction_session_timeout', $1, false)`,
    [`${ms}`, `${Math.min(ms, longestLockMs)}`],
  );
}

/** Closes every session. */
export async function closeAll(pool: Pool): Promise<void> {
  const closing = [...pool.all].map((session) => session.close());
  pool.all.clear();
  pool.idle.length = 0;
  await Promise.all(closing);
}

async function answers(pool: Pool, call: Call, session: Session): Promise<boolean> {
  if (session.broken) return false;
  try {
    await limit(pool, call, session);
    return true;
  } catch (error) {
    if (!session.broken) throw error;
    return false;
  }
}

function forget(pool: Pool, session: Session): void {
  pool.all.delete(session);
  if (session.broken) session.destroy();
  else void session.close();
}
