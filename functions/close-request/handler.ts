/** The state CloseRequest of statemachines/grant.asl.json: parses what the workflow sends and calls the use case. */
import { StatePayload } from '../../shared/lifecycle/payload.ts';
import type { Ports, Step } from '../../shared/ports.ts';
import { closeRequest } from '../../shared/usecases/close-request.ts';

export function createCloseRequestHandler(ports: Ports): (payload: unknown) => Promise<Step> {
  return (payload) => closeRequest(ports, StatePayload.parse(payload));
}
