/** What PostgreSQL and the network say, in the words of the error catalogue. The only place that knows SQLSTATEs. */
import { CurfewError } from '../../model/errors.ts';
import type { ErrorCode } from '../../model/errors.ts';

/** Somebody holds a lock, or changed the same row: it works when tried again. */
const conflicts = new Set(['55P03', '40001', '40P01', '55006', '42710', '23505', '2BP01']);
/** Refused, and refused the next time too: rights, names, passwords. */
const refusals = new Set(['42501', '42704', '3D000', '28000', '28P01', '0LP01', '0LP02', '42939', '22023', '55000', '0A000']); // biome-ignore format: a plain list
/** The server is away, full, starting or stopping, or cut a statement short. */
const away = /^(08|53|57|58)/;

/**
 * A CurfewError for whatever `pg` threw; what is no failure of the target (a fault of our own) comes back as it is.
 * `certain`: the work was certainly undone, so nothing of it will land.
 */
export function translateError(error: unknown, certain: boolean, aborted = false): unknown {
  if (error instanceof CurfewError || !(error instanceof Error)) return error;
  const code = codeOf(error, aborted);
  if (!code) return error;
  const state = sqlStateOf(error);
  const said = aborted ? 'The call was stopped before PostgreSQL answered' : sentence(error, state);
  return new CurfewError(code, said, { cause: error, ...(certain ? { mayLand: false } : {}) });
}

/** The SQLSTATE, when the server answered with one. */
export function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined;
}

/** Did a lock, or a change of the same row by another, stop it? */
export function isConflict(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state === 'XX000') return /tuple concurrently|could not find tuple/.test((error as Error).message);
  return state !== undefined && conflicts.has(state);
}

/** Did somebody else end or rename the very thing meanwhile, so that a second look tells what is true now? */
export function isOvertaken(error: unknown): boolean {
  if (!(error instanceof CurfewError) || error.code === 'RevokeBlocked') return false;
  const state = sqlStateOf(error.cause);
  return state === '42704' || (state === 'XX000' && isConflict(error.cause));
}

function codeOf(error: Error, aborted: boolean): ErrorCode | undefined {
  const state = sqlStateOf(error);
  if (aborted) return 'TargetUnavailable';
  if (isConflict(error)) return 'Conflict';
  if (state)
    return refusals.has(state) ? 'TargetRefused' : away.test(state) ? 'TargetUnavailable' : 'TargetRefused';
  return isNetwork(error) ? 'TargetUnavailable' : undefined;
}

/** Socket errors have a system code; pg's own have only a text. */
function isNetwork(error: Error): boolean {
  if ('code' in error && typeof error.code === 'string') return /^E[A-Z]|CERT|TLS|SSL/.test(error.code);
  return /^(Connection terminated|timeout expired|Client (was closed|has encountered)|The server does not support SSL)/.test(
    error.message,
  );
}

function sentence(error: Error, state: string | undefined): string {
  const detail = 'detail' in error && typeof error.detail === 'string' ? ` (${error.detail})` : '';
  const hint = 'hint' in error && typeof error.hint === 'string' ? ` ${error.hint}` : '';
  return `PostgreSQL: ${error.message}${detail}${state ? ` [${state}]` : ''}.${hint}`;
}
