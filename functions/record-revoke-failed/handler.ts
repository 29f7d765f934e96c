/** The function behind the state of the same name in statemachines/grant.asl.json. */
import { createPorts } from '../../shared/aws/ports.ts';
import { readEnv } from '../../shared/lambda/env.ts';
import { stateHandler } from '../../shared/lambda/state-handler.ts';
import { StatePayload } from '../../shared/lifecycle/payload.ts';
import { recordRevokeFailed } from '../../shared/usecases/record-revoke-failed.ts';
import { Env } from './env.ts';

const ports = createPorts(readEnv(Env));

export const handler = stateHandler(StatePayload, (payload) => recordRevokeFailed(ports, payload));
