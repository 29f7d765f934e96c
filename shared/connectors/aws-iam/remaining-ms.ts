/** How long a call still has. */
import { CurfewError } from '../../model/errors.ts';
import type { Clock } from '../../ports.ts';
import type { Call } from '../contract.ts';

/** What was sent may land this much after we stopped waiting for it. */
const landingMs = 1000;

/** Milliseconds for one more request. Throws `TargetUnavailable` when there are none: nothing may be begun then. */
export function remainingMs(call: Call, clock: Clock, certain: boolean): number {
  const ms = call.deadlineMs - clock.now() - landingMs;
  if (ms > 0 && !call.signal.aborted) return ms;
  throw new CurfewError('TargetUnavailable', 'The time for this call is over.', {
    ...(certain && { mayLand: false }),
  });
}
