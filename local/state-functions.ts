/** The workflow's functions in this process, by the names that the state machine knows them by. */
import { createAskApproversHandler } from '../functions/ask-approvers/handler.ts';
import { createCloseRequestHandler } from '../functions/close-request/handler.ts';
import { createGrantAccessHandler } from '../functions/grant-access/handler.ts';
import { createHoldAccessHandler } from '../functions/hold-access/handler.ts';
import { createRecordRevokeFailedHandler } from '../functions/record-revoke-failed/handler.ts';
import { createRevokeAccessHandler } from '../functions/revoke-access/handler.ts';
import type { Ports } from '../shared/ports.ts';

export function stateFunctions(ports: Ports): Record<string, (payload: unknown) => Promise<unknown>> {
  return {
    'ask-approvers': createAskApproversHandler(ports),
    'grant-access': createGrantAccessHandler(ports),
    'hold-access': createHoldAccessHandler(ports),
    'revoke-access': createRevokeAccessHandler(ports),
    'record-revoke-failed': createRecordRevokeFailedHandler(ports),
    'close-request': createCloseRequestHandler(ports),
  };
}
