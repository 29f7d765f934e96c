/** A revoke did not work for as long as the workflow tries: say so loudly, and when it is tried next. Never closed. */
import { amend } from '../lifecycle/amend.ts';
import { failureOf, system } from '../lifecycle/failure.ts';
import { isBeingRevoked } from '../lifecycle/lease.ts';
import { slowing } from '../lifecycle/pace.ts';
import { stepOf } from '../lifecycle/step.ts';
import type { Ports, Step } from '../ports.ts';

/** 1. `revoking` becomes `revoke_failed` 2. unless somebody is revoking it just now, or it ended meanwhile. */
export async function recordRevokeFailed(ports: Ports, { grantId }: { grantId: string }): Promise<Step> {
  const now = ports.clock.now();
  const { grant } = await amend(ports, grantId, (current) => {
    if (current.status !== 'revoking' || isBeingRevoked(current.lease, now)) return undefined;
    const lastError = current.lastError ?? failureOf(undefined, now);
    const nextTryAt = slowing(1, now);
    const details = { ...lastError, nextTryAt };
    return {
      to: 'revoke_failed',
      patch: { lastError, nextTryAt, attempts: 1 },
      said: {
        type: 'RevokeFailedRecorded',
        actor: system,
        cause: current.wanted.cause,
        reason: lastError.detail,
        details,
      },
    };
  });
  return stepOf(grant, now);
}
