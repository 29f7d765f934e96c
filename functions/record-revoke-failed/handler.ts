/** The state RecordRevokeFailed of statemachines/grant.asl.json: parses what the workflow sends and calls the use case. */
import { StatePayload } from '../../shared/lifecycle/payload.ts';
import type { Ports, Step } from '../../shared/ports.ts';
import { recordRevokeFailed } from '../../shared/usecases/record-revoke-failed.ts';

export function createRecordRevokeFailedHandler(ports: Ports): (payload: unknown) => Promise<Step> {
  return (payload) => recordRevokeFailed(ports, StatePayload.parse(payload));
}
