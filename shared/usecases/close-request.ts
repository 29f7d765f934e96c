/** Nobody decided in time, or it was decided against: the end of a request that never became access. */
import { amend } from '../lifecycle/amend.ts';
import { system } from '../lifecycle/failure.ts';
import { stepOf } from '../lifecycle/step.ts';
import { CurfewError } from '../model/errors.ts';
import { isOpen } from '../model/grant.ts';
import { toInstant, toMs } from '../model/time.ts';
import type { Ports, Step } from '../ports.ts';

/** 1. past its deadline: `timed_out` 2. closed already: nothing 3. anything else is the table's word against it: `NotDue`. */
export async function closeRequest(ports: Ports, { grantId }: { grantId: string }): Promise<Step> {
  const now = ports.clock.now();
  const { grant } = await amend(ports, grantId, (current) => {
    if (current.status !== 'pending' || toMs(current.decideBy) > now) return undefined;
    return {
      to: 'timed_out',
      patch: { decideBy: undefined, closedAt: toInstant(now) },
      said: { type: 'RequestClosed', actor: system, reason: `nobody decided by ${current.decideBy}` },
    };
  });
  if (isOpen(grant))
    throw new CurfewError('NotDue', `${grantId} is ${grant.status}: it is not time to close it.`);
  return stepOf(grant, now);
}
