/** Somebody wants a grant ended: before anything was touched that cancels it, after it the end is wanted and due now. */
import { type Grant, isOpen, type Wanted } from '../model/grant.ts';
import { toInstant } from '../model/time.ts';
import type { Change } from './amend.ts';

/** Undefined where there is nothing to change: it is closed, or being ended. Who comes second attaches to the first. */
export function wantEnd(
  grant: Grant,
  { cause, by, reason }: Omit<Wanted, 'at'>,
  nowMs: number,
): Change | undefined {
  const at = toInstant(nowMs);
  const wanted = grant.wanted ?? { cause, by, reason, at };
  const said = { type: 'RevokeAsked' as const, actor: by, cause, reason };
  if (!isOpen(grant)) return undefined;
  switch (grant.status) {
    case 'pending':
    case 'approved':
      return {
        to: 'cancelled',
        patch: { decideBy: undefined, nextTryAt: undefined, closedAt: at, wanted },
        said,
      };
    case 'granting':
    case 'active':
      return grant.wanted ? undefined : { to: grant.status, patch: { wanted, nextTryAt: undefined }, said };
    case 'revoke_failed':
      return { to: grant.status, patch: { nextTryAt: undefined }, said };
    case 'revoking':
  }
}
