/** When somebody must look at a grant next. It is what makes a lost wake or a dead execution a matter of time only. */
import { type Grant, type GrantIn, isOpen, type OpenStatus } from '../model/grant.ts';
import { type Instant, toInstant, toMs } from '../model/time.ts';

/** A grant that is to be made is left to its execution for so long; it may have to queue for the target. */
const startMs = 15_000;

/** Undefined for a closed grant. An instant that has passed, or now, means: at once. */
export function dueAt(grant: Grant, nowMs: number): Instant | undefined {
  return isOpen(grant) ? openDueAt(grant, nowMs) : undefined;
}

function openDueAt(grant: GrantIn<OpenStatus>, nowMs: number): Instant {
  const now = toInstant(nowMs);
  switch (grant.status) {
    case 'pending':
      return grant.wanted ? now : grant.decideBy;
    case 'approved':
      return grant.wanted ? now : (grant.nextTryAt ?? toInstant(toMs(grant.updatedAt) + startMs));
    case 'granting':
      return grant.wanted ? now : (livingCalls(grant, nowMs).at(-1) ?? grant.nextTryAt ?? now);
    case 'active':
      return grant.wanted ? now : grant.expiresAt;
    case 'revoking':
    case 'revoke_failed':
      return (
        // The revoke that is under way does the work; its call's limit is when it has died.
        livingCalls(grant, nowMs, 'revoke')[0] ?? grant.nextTryAt ?? livingCalls(grant, nowMs).at(-1) ?? now
      );
  }
}

/** Limits of the calls that may land yet, earliest first. */
function livingCalls(grant: Grant, nowMs: number, kind?: 'revoke'): Instant[] {
  return grant.lease.calls
    .filter((call) => toMs(call.until) > nowMs && (kind === undefined || call.kind === kind))
    .map((call) => call.until)
    .toSorted();
}
