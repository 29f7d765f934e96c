/** What a call changed at the target although the grant was being ended meanwhile: removed again, and read back. */
import { CurfewError } from '../model/errors.ts';
import type { EventType } from '../model/events.ts';
import { isOpen } from '../model/grant.ts';
import { removeAccess } from './access.ts';
import { amend } from './amend.ts';
import { mayLand } from './call-target.ts';
import type { Claimed } from './claim-active.ts';
import { failureOf, system } from './failure.ts';
import { releaseLease } from './lease.ts';
import { readGrant } from './load.ts';
import type { Ports } from '../ports.ts';

/**
 * The error to answer with. A grant that is active still is left to its revoke, which is on its way; anything else has
 * been removed by somebody already, and is removed once more.
 */
export async function takeBack(
  ports: Ports,
  { target, grant, call }: Claimed<unknown>,
  detail: string,
): Promise<CurfewError> {
  const now = await readGrant(ports, grant.id);
  if (now?.grant.status !== 'active') await removeAccess(ports, target, grant, call.until);
  await amend(ports, grant.id, (current) => {
    if (!isOpen(current)) return undefined;
    const lease = releaseLease(current.lease, call.number, ports.clock.now());
    return {
      to: current.status,
      // A revoke that waited for this call need not wait any longer.
      patch: { lease, ...(current.status !== 'active' && { nextTryAt: undefined }) },
      said: { type: 'AccessUndone', actor: system, details: { call: call.number } },
    };
  });
  return new CurfewError('StateConflict', detail);
}

/** Records that the call failed, whatever the grant is by now; what may land yet stays in the lease's list. */
export async function recordCallFailed(
  ports: Ports,
  { grant: { id }, call }: Claimed<unknown>,
  type: EventType,
  error: unknown,
): Promise<void> {
  await amend(ports, id, (current) => {
    if (!isOpen(current)) return undefined;
    const now = ports.clock.now();
    const lease = mayLand(error) ? current.lease : releaseLease(current.lease, call.number, now);
    return {
      to: current.status,
      patch: { lease },
      said: { type, actor: system, details: { ...failureOf(error, now) } },
    };
  });
}
