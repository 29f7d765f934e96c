/** The state RevokeAccess of statemachines/grant.asl.json: parses what the workflow sends and calls the use case. */
import { StatePayload } from '../../shared/lifecycle/payload.ts';
import type { Ports, Step } from '../../shared/ports.ts';
import { revokeAccess } from '../../shared/usecases/revoke-access.ts';

export function createRevokeAccessHandler(ports: Ports): (payload: unknown) => Promise<Step> {
  return (payload) => revokeAccess(ports, StatePayload.parse(payload));
}
