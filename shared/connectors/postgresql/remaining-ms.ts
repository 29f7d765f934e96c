/** How long a call still has. */
import { CurfewError } from '../../model/errors.ts';
import type { Clock } from '../../ports.ts';
import type { Call } from '../contract.ts';

/** Milliseconds until the call's deadline. Throws `TargetUnavailable` when it is over: nothing may be begun then. */
export function remainingMs(call: Call, clock: Clock): number {
  const ms = call.deadlineMs - clock.now();
  if (ms > 0) return ms;
  throw new CurfewError('TargetUnavailable', 'The time for this call is over.', { mayLand: false });
}
