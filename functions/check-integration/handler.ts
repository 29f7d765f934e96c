/** Looks whether an integration works, for an admin: called by the API, which has no way to a target. */
import { CheckPayload } from '../../shared/api/payloads.ts';
import { createPorts } from '../../shared/aws/ports.ts';
import { createSecrets } from '../../shared/aws/secrets.ts';
import { createConnectors } from '../../shared/connectors/registry.ts';
import { answerHandler } from '../../shared/lambda/answer-handler.ts';
import { readEnv } from '../../shared/lambda/env.ts';
import { thenRest } from '../../shared/lambda/then-rest.ts';
import { checkIntegration } from '../../shared/usecases/check-integration.ts';
import { Env } from './env.ts';

const env = readEnv(Env);
const ports = createPorts(env, { secrets: createSecrets(env), connectors: createConnectors });

export const handler = answerHandler(
  CheckPayload,
  ports,
  thenRest(ports, (asked) => checkIntegration(ports, asked)),
);
