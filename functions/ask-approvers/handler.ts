/** The state AskApprovers of statemachines/grant.asl.json: parses what the workflow sends and calls the use case. */
import { WaitPayload } from '../../shared/lifecycle/payload.ts';
import type { Ports } from '../../shared/ports.ts';
import { askApprovers } from '../../shared/usecases/ask-approvers.ts';

export function createAskApproversHandler(ports: Ports): (payload: unknown) => Promise<void> {
  return (payload) => askApprovers(ports, WaitPayload.parse(payload));
}
