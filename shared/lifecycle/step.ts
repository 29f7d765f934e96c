/** Where a grant stands, as the workflow's state data: no secrets, nothing but what Route and the timers need. */
import type { Grant } from '../model/grant.ts';
import { secondsUntil } from '../model/time.ts';
import type { Step } from '../ports.ts';

/** A grant that somebody wants ended is `revoking` for the workflow, whatever it is called in the table. */
export function stepOf(grant: Grant, nowMs: number): Step {
  const ending = (grant.status === 'granting' || grant.status === 'active') && grant.wanted !== undefined;
  const until = timerOf(grant);
  return {
    schema: 1,
    grantId: grant.id,
    status: ending ? 'revoking' : grant.status,
    waitSeconds: until ? secondsUntil(until, nowMs) : 0,
    ...(until && { until }),
  };
}

function timerOf(grant: Grant): string | undefined {
  if (grant.status === 'pending') return grant.decideBy;
  return grant.status === 'active' ? grant.expiresAt : undefined;
}
