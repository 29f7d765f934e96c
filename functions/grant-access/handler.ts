/** The state GrantAccess of statemachines/grant.asl.json: parses what the workflow sends and calls the use case. */
import { StatePayload } from '../../shared/lifecycle/payload.ts';
import type { Ports, Step } from '../../shared/ports.ts';
import { grantAccess } from '../../shared/usecases/grant-access.ts';

export function createGrantAccessHandler(ports: Ports): (payload: unknown) => Promise<Step> {
  return (payload) => grantAccess(ports, StatePayload.parse(payload));
}
