/** A grant in words: what it is, where it stands, and what is to be said loudly. */
import type { GrantView } from '../shared/api/grant-view.ts';
import { secondsUntil } from '../shared/model/time.ts';
import { describeApproval } from './describe-approval.ts';
import { cut } from './cut.ts';
import type { Paint } from './output.ts';
import { fromNow, localTime, secondsOf, spell, timeAndDistance } from './times.ts';

/** `orders-db/orders/read`, as `curfew request` takes it. */
export function describeEntitlement({
  entitlement: { integration, resource, permission },
}: Pick<GrantView, 'entitlement'>): string {
  return `${integration}/${resource}/${permission}`;
}

/** Where it stands, in a few words, with the times that matter now. */
export function describeState(grant: GrantView, nowMs: number): string {
  const why = grant.wanted ? ` (${grant.wanted.cause})` : '';
  switch (grant.status) {
    case 'pending':
      return `waits for ${waitsFor(grant)}${decideBy(grant, nowMs)}`;
    case 'approved':
      return 'approved, about to be granted';
    case 'granting':
      return grant.wanted ? `being ended${why}` : `being granted${troubles(grant)}`;
    case 'active':
      return grant.wanted ? `being ended${why}` : describeActive(grant, nowMs);
    case 'revoking':
      return `being taken away${why || ' (expired)'}${troubles(grant)}`;
    case 'revoke_failed':
      return `NOT GONE: ${grant.lastError?.detail ?? 'the revoke failed'}${nextTry(grant, nowMs)}`;
    case 'rejected':
    case 'cancelled':
    case 'timed_out':
    case 'failed':
    case 'revoked':
    case 'closed_unverified':
      return `${grant.status.replace('_', ' ')}${ending(grant)}${grant.closedAt ? ` ${fromNow(grant.closedAt, nowMs)}` : ''}`;
  }
}

/** The same for a cell of a table, where a failure is told by its beginning, unless it is one that nobody may overlook. */
export function describeStateBriefly(grant: GrantView, nowMs: number): string {
  const { lastError } = grant;
  if (lastError === undefined || isLoud(grant)) return describeState(grant, nowMs);
  return describeState({ ...grant, lastError: { ...lastError, detail: cut(lastError.detail, 60) } }, nowMs);
}

/** Who has still to say yes, with who has. */
export function waitsFor(grant: GrantView): string {
  const yes = grant.decisions.filter((one) => one.decision === 'approve').map((one) => one.by.name);
  const so = yes.length > 0 ? ` (approved so far by ${yes.join(' and ')})` : '';
  return `approval by ${describeApproval(grant.approval)}${so}`;
}

/** Seconds left by the server's clock; undefined when it is not active. */
export function secondsLeft(grant: GrantView): number | undefined {
  return grant.timeLeft === undefined ? undefined : secondsOf(grant.timeLeft);
}

/** Is an active grant in the last tenth of its time, or in its last five minutes where a tenth is longer? */
export function isNearEnd(grant: GrantView): boolean {
  const left = secondsLeft(grant);
  return left !== undefined && left <= Math.min(300, secondsOf(grant.duration) / 10);
}

/** What nobody may overlook: the access is not gone, or is still held. */
export function isLoud({ status, outcome }: GrantView): boolean {
  return status === 'revoke_failed' || outcome === 'still_held';
}

/** The colour of a state: what is wrong is red, what needs care yellow. */
export function styleOfState(grant: GrantView): Parameters<Paint>[0] | undefined {
  if (isLoud(grant)) return ['red', 'bold'];
  if (grant.status === 'failed' || grant.status === 'closed_unverified') return 'red';
  if (isNearEnd(grant) || (grant.open && grant.lastError)) return 'yellow';
  if (grant.status === 'active') return 'green';
  return grant.open ? undefined : 'dim';
}

function decideBy({ decideBy: until }: GrantView, nowMs: number): string {
  return until === undefined ? '' : ` (${spell(secondsUntil(until, nowMs))} left to decide)`;
}

function nextTry({ nextTryAt }: GrantView, nowMs: number): string {
  return nextTryAt === undefined ? '' : `; next try ${fromNow(nextTryAt, nowMs)}`;
}

function describeActive(grant: GrantView, nowMs: number): string {
  const left = secondsLeft(grant);
  if (grant.expiresAt === undefined || left === undefined) return 'active';
  return `active until ${localTime(grant.expiresAt, nowMs)} (${spell(left)} left)`;
}

function troubles({ lastError }: GrantView): string {
  return lastError ? `, with trouble: ${lastError.detail}` : '';
}

/** Of a closed one: by whom and why. */
function ending(grant: GrantView): string {
  const no = grant.decisions.find((one) => one.decision === 'reject');
  if (grant.status === 'rejected' && no) return ` by ${no.by.name}${no.reason ? `: ${no.reason}` : ''}`;
  if (grant.status === 'failed') return `: ${grant.lastError?.detail ?? 'it could not be granted'}`;
  const parts = [
    grant.wanted?.cause === grant.status ? undefined : grant.wanted?.cause,
    grant.outcome === 'still_held' ? `STILL HELD by ${grant.evidence?.heldBy.join(', ')}` : undefined,
  ];
  const said = parts.filter(Boolean).join(', ');
  return said ? ` (${said})` : '';
}

/** `activatedAt` and the like, for the details of one grant. */
export function when(instant: string | undefined, nowMs: number): string | undefined {
  return instant === undefined ? undefined : timeAndDistance(instant, nowMs);
}
