/** The function behind the state of the same name in statemachines/grant.asl.json. */
import { createPorts } from '../../shared/aws/ports.ts';
import { createSecrets } from '../../shared/aws/secrets.ts';
import { createConnectors } from '../../shared/connectors/registry.ts';
import { readEnv } from '../../shared/lambda/env.ts';
import { stateHandler } from '../../shared/lambda/state-handler.ts';
import { thenRest } from '../../shared/lambda/then-rest.ts';
import { StatePayload } from '../../shared/lifecycle/payload.ts';
import { grantAccess } from '../../shared/usecases/grant-access.ts';
import { Env } from './env.ts';

const env = readEnv(Env);
const ports = createPorts(env, { secrets: createSecrets(env), connectors: createConnectors });

export const handler = stateHandler(
  StatePayload,
  thenRest(ports, (payload) => grantAccess(ports, payload)),
);
