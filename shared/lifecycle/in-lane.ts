/** A place in a target's lanes for the time of one act, taken before any lease: waiting must not use up a call's time. */
import type { Grant } from '../model/grant.ts';
import type { Ports } from '../ports.ts';

/** Runs `work` in a lane of the grant's integration. `urgent`: it ends access. Throws `Throttled` when none comes free. */
export async function inLane<T>(
  ports: Pick<Ports, 'lanes'>,
  grant: Grant,
  urgent: boolean,
  work: () => Promise<T>,
): Promise<T> {
  const leave = await ports.lanes.enter(grant.entitlement.integration, urgent);
  try {
    return await work();
  } finally {
    leave();
  }
}
