/** A call that came back to find the grant being ended, or that failed: what becomes of it, and of the revoke that waits for it. */
import { CurfewError } from '../model/errors.ts';
import type { EventType, Said } from '../model/events.ts';
import { type Call, type Grant, isOpen, type TouchedGrant } from '../model/grant.ts';
import type { Ports, Target } from '../ports.ts';
import { removeAccess } from './access.ts';
import { amend } from './amend.ts';
import { mayLand } from './call-target.ts';
import { failureOf, system } from './failure.ts';
import { isBeingRevoked, releaseLease } from './lease.ts';
import { mustReadGrant } from './load.ts';

export interface Under {
  target: Target;
  grant: TouchedGrant;
  call: Call;
}

/**
 * What the call changed is removed again, unless a revoke is at it this moment: it was begun with this call in the list, so
 * it removes and reads back once more after it. Then the call is over, and whoever waited for it goes on.
 */
export async function takeBack(ports: Ports, under: Under): Promise<void> {
  const { target, grant, call } = under;
  const { grant: now } = await mustReadGrant(ports, grant.id);
  const atIt = isOpen(now) && isBeingRevoked(now.lease, ports.clock.now());
  // It may live by right, by a call of somebody else who came after this one's limit.
  const lives = now.status === 'granting' || (now.status === 'active' && !now.wanted);
  if (!atIt && !lives)
    await removeAccess(ports, target, grant, call.until).catch((error: unknown) => {
      // A closed grant has nobody left to do it; an open one's revoke will.
      if (!isOpen(now)) throw error;
    });
  await callOver(ports, under, { type: 'CallReturned', actor: system, details: { call: call.number } });
}

/** Records that a call failed, and answers with the error to throw: a grant that is being ended is a conflict, not a fault. */
export async function recordCallFailed(
  ports: Ports,
  under: Under,
  type: EventType,
  error: unknown,
): Promise<unknown> {
  const details = { ...failureOf(error, ports.clock.now()) };
  const now = await callOver(ports, under, { type, actor: system, details }, mayLand(error));
  return now.status === 'active' && !now.wanted ? error : beingEnded();
}

/** What whoever asked for a call is told when the grant was being ended meanwhile. */
export function beingEnded(): CurfewError {
  return new CurfewError('StateConflict', 'This access was being ended just then. Make a new request.');
}

/** What may land yet stays in the lease's list until its limit; `revoked` waits for it. */
async function callOver(
  ports: Ports,
  { grant: { id }, call }: Under,
  said: Said,
  stays = false,
): Promise<Grant> {
  const { grant } = await amend(ports, id, (current) => {
    if (!isOpen(current)) return undefined;
    const lease = stays ? current.lease : releaseLease(current.lease, call.number, ports.clock.now());
    const ending = current.status === 'revoking' || current.status === 'revoke_failed';
    return { to: current.status, patch: { lease, ...(ending && !stays && { nextTryAt: undefined }) }, said };
  });
  return grant;
}
