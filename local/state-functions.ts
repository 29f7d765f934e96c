/** The workflow's functions in this process, by the names that the state machine knows them by. */
import { StatePayload, WaitPayload } from '../shared/lifecycle/payload.ts';
import type { Ports } from '../shared/ports.ts';
import { askApprovers } from '../shared/usecases/ask-approvers.ts';
import { closeRequest } from '../shared/usecases/close-request.ts';
import { grantAccess } from '../shared/usecases/grant-access.ts';
import { holdAccess } from '../shared/usecases/hold-access.ts';
import { recordRevokeFailed } from '../shared/usecases/record-revoke-failed.ts';
import { revokeAccess } from '../shared/usecases/revoke-access.ts';

export function stateFunctions(ports: Ports): Record<string, (payload: unknown) => Promise<unknown>> {
  return {
    'ask-approvers': async (payload) => askApprovers(ports, WaitPayload.parse(payload)),
    'grant-access': async (payload) => grantAccess(ports, StatePayload.parse(payload)),
    'hold-access': async (payload) => holdAccess(ports, WaitPayload.parse(payload)),
    'revoke-access': async (payload) => revokeAccess(ports, StatePayload.parse(payload)),
    'record-revoke-failed': async (payload) => recordRevokeFailed(ports, StatePayload.parse(payload)),
    'close-request': async (payload) => closeRequest(ports, StatePayload.parse(payload)),
  };
}
