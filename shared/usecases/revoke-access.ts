/**
 * Where revocation happens: every cause, every caller, every retry meets here. It uses only what was stored when the
 * grant was made: no policy, no directory.
 *
 * 1. claim: is it due or wanted? Then `revoking`, under the lease, taken from anything but a living revoke
 * 2. act: remove, always; and read back
 * 3. verify: gone, no call of ours that may land yet, and the target's settling time is over
 * 4. record `revoked` with the evidence; or what went wrong, and when it is tried again
 */
import { type Removal, removeAccess } from '../lifecycle/access.ts';
import { amend } from '../lifecycle/amend.ts';
import { type Claimed, claimRevoke, type RevokeStep } from '../lifecycle/claim-revoke.ts';
import { failureOf, system } from '../lifecycle/failure.ts';
import { inLane } from '../lifecycle/in-lane.ts';
import { livingCalls, releaseLease } from '../lifecycle/lease.ts';
import { mustReadGrant } from '../lifecycle/load.ts';
import { afterWorkflow, slowing } from '../lifecycle/pace.ts';
import { stepOf } from '../lifecycle/step.ts';
import { CurfewError, isCurfewError } from '../model/errors.ts';
import { type Evidence, type Grant, type GrantIn, isOpen } from '../model/grant.ts';
import { toInstant, toMs } from '../model/time.ts';
import type { Ports, Step } from '../ports.ts';

type Ending = GrantIn<'revoking' | 'revoke_failed'>;

/**
 * Idempotent, resumable, safe from any number of callers. Throws `NotDue` where the table does not agree, `Settling` or
 * `TargetLagging` while it cannot be sure yet, else what the connector threw; the grant is never called revoked then.
 */
export async function revokeAccess(
  ports: Ports,
  { grantId, step }: { grantId: string; step?: RevokeStep | undefined },
): Promise<Step> {
  const { grant } = await mustReadGrant(ports, grantId);
  if (!isOpen(grant)) return stepOf(grant, ports.clock.now());
  return inLane(ports, grant, true, () => revokeInLane(ports, grantId, step));
}

async function revokeInLane(ports: Ports, grantId: string, step: RevokeStep | undefined): Promise<Step> {
  const claimed = await claimRevoke(ports, grantId, step);
  if (!('call' in claimed)) return stepOf(claimed.grant, ports.clock.now());
  try {
    const removal = await removeAccess(ports, claimed.target, claimed.grant, claimed.call.until);
    if (!removal.gone)
      throw new CurfewError(
        'TargetUnavailable',
        `${claimed.target.integration.name} still shows the access after its removal.`,
      );
    return await record(ports, claimed, removal);
  } catch (error) {
    await recordFailure(ports, claimed, error);
    throw error;
  }
}

async function record(ports: Ports, claimed: Claimed, removal: Removal): Promise<Step> {
  const now = ports.clock.now();
  let lagging = false;
  const { grant } = await amend(ports, claimed.grant.id, (latest) => {
    const current = mine(latest, claimed);
    if (!current) return undefined;
    const doubt = doubtOf(current, claimed, now);
    const found = current.found === true || removal.found;
    const left = [...new Set([...(current.left ?? []), ...removal.left])];
    const lease = releaseLease(current.lease, claimed.call.number, now);
    lagging = doubt?.absentAt !== undefined;
    if (doubt) {
      const said = { type: 'RevokeSettling' as const, actor: system, reason: doubt.reason };
      return {
        to: current.status,
        patch: { lease, found, left, absentAt: doubt.absentAt, nextTryAt: doubt.nextTryAt },
        said,
      };
    }
    return {
      to: current.wanted.cause === 'grant_failed' ? 'failed' : 'revoked',
      patch: { ...closing(current, removal, found, left, now), lease },
      said: revoked(current, removal, found, left),
    };
  });
  if (mine(grant, claimed)) throw notCertain(grant, lagging);
  if (isOpen(grant)) throw new CurfewError('Settling', `Another call is revoking ${grant.id}.`);
  return stepOf(grant, now);
}

/** Removed, but to be read back again before it is called revoked. What only waits for a lag has a retrier of its own. */
function notCertain({ id }: Grant, lagging: boolean): CurfewError {
  return new CurfewError(
    lagging ? 'TargetLagging' : 'Settling',
    `${id} is removed, and read back again before it is called revoked.`,
  );
}

/** The grant, if it is still under the lease that this call took. */
function mine(grant: Grant, { call }: Claimed): Ending | undefined {
  const ending = grant.status === 'revoking' || grant.status === 'revoke_failed';
  return ending && grant.lease.number === call.number ? grant : undefined;
}

/** Why absence is not certain yet: a call that may land, or a target whose reads lag (two absent readings apart). */
function doubtOf(
  grant: Ending,
  { call, target }: Claimed,
  nowMs: number,
): { reason: string; absentAt?: string; nextTryAt: string } | undefined {
  const others = livingCalls(grant.lease, nowMs, call.number);
  const last = others
    .map((other) => other.until)
    .toSorted()
    .at(-1);
  if (last) return { reason: 'an earlier call to the target may still land', nextTryAt: last };
  const { settleSeconds } = target.connector;
  const absentAt = grant.absentAt ?? toInstant(nowMs);
  const settled = toMs(absentAt) + settleSeconds * 1000;
  if (settled > nowMs)
    return { reason: `the target may lag by ${settleSeconds} s`, absentAt, nextTryAt: toInstant(settled) };
  return undefined;
}

function closing(
  grant: Ending,
  removal: Removal,
  found: boolean,
  left: string[],
  nowMs: number,
): Record<string, unknown> {
  const at = toInstant(nowMs);
  const facts = { ...removal.reading.facts, ...(left.length > 0 && { left }) };
  const evidence: Evidence = { present: false, heldBy: removal.stillHeldBy, facts, readAt: at };
  const outcome = removal.stillHeldBy.length > 0 ? 'still_held' : found ? 'revoked' : 'already_absent';
  const failed = grant.wanted.cause === 'grant_failed';
  return {
    evidence,
    ...(!failed && { outcome, lastError: undefined }),
    found,
    left,
    closedAt: at,
    nextTryAt: undefined,
  };
}

function revoked(grant: Ending, removal: Removal, found: boolean, left: string[]) {
  const { cause, by, reason } = grant.wanted;
  const details = { found, left, heldBy: removal.stillHeldBy, facts: removal.reading.facts };
  return { type: 'AccessRevoked' as const, actor: by, cause, reason, details };
}

async function recordFailure(ports: Ports, { grant: { id }, call }: Claimed, error: unknown): Promise<void> {
  await amend(ports, id, (grant) => {
    const settled = isCurfewError(error, 'Settling', 'TargetLagging') && !livesIn(grant, call.number);
    if (settled || (grant.status !== 'revoking' && grant.status !== 'revoke_failed')) return undefined;
    const now = ports.clock.now();
    const attempts = grant.attempts + 1;
    const lastError = failureOf(error, now);
    const nextTryAt = grant.status === 'revoking' ? afterWorkflow(now) : slowing(attempts, now);
    // A removal that lands late removes only what is to be gone: its call need not be waited for.
    const lease = releaseLease(grant.lease, call.number, now);
    return {
      to: grant.status,
      patch: { lease, lastError, attempts, nextTryAt, absentAt: undefined },
      said: {
        type: 'RevokeAttemptFailed',
        actor: system,
        cause: grant.wanted.cause,
        details: { ...lastError },
      },
    };
  });
}

function livesIn(grant: Grant, number: number): boolean {
  return grant.lease.calls.some((call) => call.number === number);
}
