/** What went wrong at a target, as a grant keeps it and people are shown it. */
import { CurfewError } from '../model/errors.ts';
import type { Failure } from '../model/grant.ts';
import { toInstant } from '../model/time.ts';
import type { Actor } from '../model/person.ts';

/** Curfew's own machinery, as an actor of events. */
export const system: Actor = { kind: 'system', id: 'curfew' };

/** The record of an error. `effective`: access is out of use all the same. */
export function failureOf(error: unknown, nowMs: number): Failure {
  const known = error instanceof CurfewError ? error : undefined;
  return {
    code: known?.code ?? 'Internal',
    detail: (known?.message ?? 'An unexpected error; see the log.').slice(0, 2000),
    at: toInstant(nowMs),
    effective: known?.details.effective === true,
  };
}
