/** All or nothing at PostgreSQL, and nothing at all after the call's deadline. */
import { CurfewError } from '../../model/errors.ts';
import type { Clock } from '../../ports.ts';
import type { Call } from '../contract.ts';
import type { Session } from './open-session.ts';
import { sqlStateOf, translateError } from './translate-error.ts';

/** Commits what `work` did. Errors say `mayLand: false` unless the connection was lost while committing. */
export async function transaction<T>(
  session: Session,
  call: Call,
  clock: Clock,
  work: () => Promise<T>,
): Promise<T> {
  const result = await undoable(session, call, clock, work);
  try {
    await session.query('COMMIT');
  } catch (error) {
    throw translateError(error, sqlStateOf(error) !== undefined, call.signal.aborted);
  }
  return result;
}

async function undoable<T>(session: Session, call: Call, clock: Clock, work: () => Promise<T>): Promise<T> {
  try {
    await session.query('BEGIN');
    const result = await work();
    if (clock.now() >= call.deadlineMs)
      throw new CurfewError('TargetUnavailable', 'PostgreSQL took too long: nothing was changed.', {
        mayLand: false,
      });
    return result;
  } catch (error) {
    // A session whose rollback fails is lost, and so is its transaction.
    await session.query('ROLLBACK').catch(() => session.destroy());
    throw translateError(error, true, call.signal.aborted);
  }
}
