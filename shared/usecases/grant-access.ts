/**
 * Puts access in place. Also the workflow's way to ask the table where a grant stands: in any status but `approved` and
 * `granting` it calls nothing and answers.
 *
 * 1. intend: receipt, end and lease are written before the target is touched
 * 2. act: grant, and read back that it is there
 * 3. verify: is the lease still ours, and does nobody want it ended?
 * 4. record `active`: from here the lifetime runs
 */
import { putAccess } from '../lifecycle/access.ts';
import { amend } from '../lifecycle/amend.ts';
import { mayLand } from '../lifecycle/call-target.ts';
import { failureOf, system } from '../lifecycle/failure.ts';
import { inLane } from '../lifecycle/in-lane.ts';
import { intendGrant, type Intended } from '../lifecycle/intend-grant.ts';
import { releaseLease } from '../lifecycle/lease.ts';
import { mustReadGrant } from '../lifecycle/load.ts';
import { afterWorkflow, targetEnd } from '../lifecycle/pace.ts';
import { takeBack } from '../lifecycle/take-back.ts';
import { stepOf } from '../lifecycle/step.ts';
import type { Grant } from '../model/grant.ts';
import { toInstant, toMs } from '../model/time.ts';
import type { Ports, Step } from '../ports.ts';

/** Throws what the workflow retries by name; after anything else it cleans up. */
export async function grantAccess(ports: Ports, { grantId }: { grantId: string }): Promise<Step> {
  const { grant } = await mustReadGrant(ports, grantId);
  if (grant.status !== 'approved' && grant.status !== 'granting') return stepOf(grant, ports.clock.now());
  return inLane(ports, grant, false, () => grantInLane(ports, grantId));
}

async function grantInLane(ports: Ports, grantId: string): Promise<Step> {
  const intended = await intendGrant(ports, grantId);
  if (!('call' in intended)) return stepOf(intended.grant, ports.clock.now());
  try {
    await putAccess(
      ports,
      intended.target,
      intended.grant,
      targetEnd(intended.grant.expiresBy),
      intended.call.until,
    );
  } catch (error) {
    await recordFailure(ports, intended, error);
    throw error;
  }
  const { grant, changed } = await recordActive(ports, intended);
  if (!changed) await takeBack(ports, intended);
  return stepOf(grant, ports.clock.now());
}

/** `active`, if the lease is still ours and nobody wants it ended. In the second case the call is over and so recorded. */
function recordActive(
  ports: Ports,
  { grant: { id }, call }: Intended,
): Promise<{ grant: Grant; changed: boolean }> {
  return amend(ports, id, (grant) => {
    if (grant.status !== 'granting' || grant.lease.number !== call.number) return undefined;
    const now = ports.clock.now();
    const lease = releaseLease(grant.lease, call.number, now);
    if (grant.wanted) {
      const said = {
        type: 'GrantAttemptFailed' as const,
        actor: system,
        reason: 'it was to end before it became active',
      };
      return { to: 'granting', patch: { lease }, said };
    }
    const expiresAt = toInstant(Math.min(now + grant.lifetimeSeconds * 1000, toMs(grant.expiresBy)));
    return {
      to: 'active',
      patch: {
        lease,
        activatedAt: toInstant(now),
        expiresAt,
        attempts: 0,
        lastError: undefined,
        nextTryAt: undefined,
      },
      said: { type: 'AccessGranted', actor: system, details: { expiresAt, receipt: grant.receipt } },
    };
  });
}

/** What may land yet stays in the lease's list until its limit; `revoked` waits for it. */
async function recordFailure(ports: Ports, { grant: { id }, call }: Intended, error: unknown): Promise<void> {
  await amend(ports, id, (grant) => {
    if (grant.status !== 'granting' && grant.status !== 'revoking') return undefined;
    const now = ports.clock.now();
    const lease = mayLand(error) ? grant.lease : releaseLease(grant.lease, call.number, now);
    const lastError = failureOf(error, now);
    const own = grant.status === 'granting' && {
      nextTryAt: afterWorkflow(now),
      attempts: grant.attempts + 1,
      lastError,
    };
    return {
      to: grant.status,
      patch: { lease, ...own },
      said: {
        type: 'GrantAttemptFailed',
        actor: system,
        reason: lastError.detail,
        details: { ...lastError },
      },
    };
  });
}
