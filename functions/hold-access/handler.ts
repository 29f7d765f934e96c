/** The state HoldAccess of statemachines/grant.asl.json: parses what the workflow sends and calls the use case. */
import { WaitPayload } from '../../shared/lifecycle/payload.ts';
import type { Ports } from '../../shared/ports.ts';
import { holdAccess } from '../../shared/usecases/hold-access.ts';

export function createHoldAccessHandler(ports: Ports): (payload: unknown) => Promise<void> {
  return (payload) => holdAccess(ports, WaitPayload.parse(payload));
}
