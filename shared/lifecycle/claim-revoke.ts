/** The claim of a revoke: one conditional write, by which everybody else who comes at the same time only observes (R7). */
import { CurfewError } from '../model/errors.ts';
import {
  type Call,
  type Cause,
  type Failure,
  type Grant,
  type GrantIn,
  isOpen,
  type Wanted,
} from '../model/grant.ts';
import { toInstant, toMs } from '../model/time.ts';
import type { Ports, Target } from '../ports.ts';
import { amend, type Change } from './amend.ts';
import { leaveArtefact, readArtefact } from './artefact.ts';
import { failureOf, system } from './failure.ts';
import { isBeingRevoked, takeLease } from './lease.ts';
import { target as findTarget } from './load.ts';
import { afterWorkflow, slowing } from './pace.ts';

export interface Claimed {
  target: Target;
  grant: GrantIn<'revoking' | 'revoke_failed'>;
  call: Call;
}

/** What the workflow brings: which Catch led here. */
export interface RevokeStep {
  grantFailed?: unknown;
}

/**
 * The grant, `revoking` under a fresh lease; or the closed grant, when there is nothing left to do. Throws `NotDue` where
 * the table does not agree that it is time, `Settling` while another revoke lives.
 */
export async function claimRevoke(
  ports: Ports,
  grantId: string,
  step: RevokeStep | undefined,
): Promise<Claimed | { grant: Grant }> {
  let taken: { target: Target; call: Call } | undefined;
  let lost: unknown;
  const { grant } = await amend(ports, grantId, async (current) => {
    taken = lost = undefined;
    const now = ports.clock.now();
    if (current.status === 'approved' && step?.grantFailed !== undefined) return neverTouched(current, now);
    const wanted = dueCause(current, step, now);
    if (wanted === 'closed') return undefined;
    if (isBeingRevoked(current.lease, now))
      throw new CurfewError('Settling', `Another call is revoking ${grantId} just now.`);
    const to = current.status === 'revoke_failed' ? 'revoke_failed' : 'revoking';
    const target = await findTarget(ports, current.entitlement.integration).catch(
      (error: unknown) => void (lost = error),
    );
    if (!target) return unreachable(current, to, wanted, failureOf(lost, now));
    const { lease, call } = takeLease(current.lease, 'revoke', target.connector.callSeconds, now);
    taken = { target, call };
    const { cause, by, reason } = wanted;
    return {
      to,
      patch: { wanted, lease, nextTryAt: undefined },
      said: { type: 'RevokeStarted', actor: by, cause, reason, details: { call: call.number } },
      also: await leaving(ports, current),
    };
  });
  if (lost !== undefined) throw lost;
  const ours = taken && (grant.status === 'revoking' || grant.status === 'revoke_failed');
  return ours && taken ? { ...taken, grant } : { grant };
}

/** By what right it ends now. The table decides: nobody wants it ended and its time is not up means `NotDue`. */
function dueCause(grant: Grant, step: RevokeStep | undefined, nowMs: number): Wanted | 'closed' {
  const notDue = () =>
    new CurfewError('NotDue', `${grant.id} is ${grant.status}: it is not time to revoke it.`);
  if (!isOpen(grant)) return 'closed';
  switch (grant.status) {
    case 'pending':
    case 'approved':
      throw notDue();
    case 'granting':
      if (grant.wanted) return grant.wanted;
      if (step?.grantFailed !== undefined)
        return ended('grant_failed', grant.lastError?.detail ?? 'the grant did not work', nowMs);
      // A grant that never came to be ends all the same: its last moment was written before the target was touched.
      if (toMs(grant.expiresBy) <= nowMs)
        return ended('grant_failed', 'it did not become active in time', nowMs);
      throw notDue();
    case 'active':
      if (grant.wanted) return grant.wanted;
      if (toMs(grant.expiresAt) <= nowMs) return ended('expired', `its end was ${grant.expiresAt}`, nowMs);
      throw notDue();
    case 'revoking':
    case 'revoke_failed':
      return grant.wanted;
  }
}

function ended(cause: Cause, reason: string, nowMs: number): Wanted {
  return { cause, by: system, reason, at: toInstant(nowMs) };
}

/** Nobody serves its target any more. It is being revoked all the same, so that everybody sees that it does not work. */
function unreachable(grant: Grant, to: Change['to'], wanted: Wanted, lastError: Failure): Change {
  const attempts = grant.attempts + 1;
  const nowMs = toMs(lastError.at);
  const nextTryAt = to === 'revoking' ? afterWorkflow(nowMs) : slowing(attempts, nowMs);
  const said = {
    type: 'RevokeAttemptFailed' as const,
    actor: system,
    cause: wanted.cause,
    details: { ...lastError },
  };
  return { to, patch: { wanted, lastError, attempts, nextTryAt }, said };
}

/** Preparing failed for good: nothing was touched, there is nothing to revoke. */
function neverTouched(grant: GrantIn<'approved'>, nowMs: number): Change {
  const lastError = grant.lastError ?? failureOf(undefined, nowMs);
  const patch = { lastError, closedAt: toInstant(nowMs), nextTryAt: undefined };
  return {
    to: 'failed',
    patch,
    said: { type: 'GrantRefused', actor: system, cause: 'grant_failed', reason: lastError.detail },
  };
}

async function leaving(ports: Ports, grant: Grant): Promise<NonNullable<Change['also']>> {
  const receipt = 'receipt' in grant ? grant.receipt : undefined;
  if (!receipt?.shared) return [];
  const { integration } = grant.entitlement;
  return leaveArtefact(await readArtefact(ports, integration, receipt.artefact), grant.id);
}
