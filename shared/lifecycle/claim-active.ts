/** The lease of an active grant, for a call that must neither create nor outlive anything: extend, credentials. */
import { CurfewError } from '../model/errors.ts';
import type { Said } from '../model/events.ts';
import type { Call, GrantIn } from '../model/grant.ts';
import { toMs } from '../model/time.ts';
import type { Ports, Target } from '../ports.ts';
import { amend } from './amend.ts';
import { livingCalls, takeLease } from './lease.ts';
import { target as findTarget } from './load.ts';

export interface Claimed<T> {
  target: Target;
  grant: GrantIn<'active'>;
  call: Call;
  value: T;
}

/** Throws `StateConflict` unless it is active, not ending, and nobody else's call is under way; and what `rule` throws. */
export async function claimActive<T>(
  ports: Ports,
  grantId: string,
  kind: 'extend' | 'credentials',
  said: Said,
  rule: (grant: GrantIn<'active'>, nowMs: number) => T,
): Promise<Claimed<T>> {
  let taken: { target: Target; call: Call; value: T } | undefined;
  const { grant } = await amend(ports, grantId, async (current) => {
    const now = ports.clock.now();
    if (current.status !== 'active' || current.wanted || toMs(current.expiresAt) <= now)
      throw new CurfewError(
        'StateConflict',
        `This grant is ${current.status === 'active' ? 'ending' : current.status}: there is no access to use or to change.`,
      );
    if (livingCalls(current.lease, now).length > 0)
      throw new CurfewError(
        'StateConflict',
        'Another change of this grant is under way: try again in a few seconds.',
      );
    const value = rule(current, now);
    const target = await findTarget(ports, current.entitlement.integration);
    const { lease, call } = takeLease(current.lease, kind, target.connector.callSeconds, now);
    taken = { target, call, value };
    return {
      to: 'active',
      patch: { lease },
      said: { ...said, details: { ...said.details, call: call.number, until: call.until } },
    };
  });
  if (!taken || grant.status !== 'active')
    throw new CurfewError('StateConflict', 'This grant changed just now: try again.');
  return { ...taken, grant };
}
