/** Fresh credentials of a grant for a person: called by the API, which has no way to a target. They go through it, and are kept nowhere. */
import { CredentialsPayload } from '../../shared/api/payloads.ts';
import { createPorts } from '../../shared/aws/ports.ts';
import { createSecrets } from '../../shared/aws/secrets.ts';
import { createConnectors } from '../../shared/connectors/registry.ts';
import { answerHandler } from '../../shared/lambda/answer-handler.ts';
import { readEnv } from '../../shared/lambda/env.ts';
import { thenRest } from '../../shared/lambda/then-rest.ts';
import { issueCredentials } from '../../shared/usecases/issue-credentials.ts';
import { Env } from './env.ts';

const env = readEnv(Env);
const ports = createPorts(env, { secrets: createSecrets(env), connectors: createConnectors });

export const handler = answerHandler(
  CredentialsPayload,
  ports,
  thenRest(ports, (asked) => issueCredentials(ports, asked)),
);
