/** The HTTP API on Lambda: the same app as on a laptop. The authorizer in front is a shield; the app verifies tokens itself. */
import { createVerifier } from '../../shared/api/verify-token.ts';
import { createPorts } from '../../shared/aws/ports.ts';
import { createConnectorFacts } from '../../shared/connectors/facts.ts';
import { readEnv } from '../../shared/lambda/env.ts';
import { httpHandler } from '../../shared/lambda/http-handler.ts';
import { createApp } from './app.ts';
import { byFunctions } from './by-functions.ts';
import { Env, version } from './env.ts';
import { healthOf } from './health.ts';
import { createLog } from './log.ts';
import { problemOf } from './problem.ts';

const env = readEnv(Env);
const ports = createPorts(env, { connectors: createConnectorFacts });
const { clock } = ports;
const log = createLog();

const app = createApp({
  ports,
  atTargets: byFunctions(env),
  verify: createVerifier({ issuer: env.ISSUER, audience: env.AUDIENCE, clock }),
  version,
  health: () => healthOf(ports),
  log,
});

export const handler = httpHandler({
  app: (request) => app.fetch(request),
  refuse(error, event) {
    const correlationId = ports.ids.next();
    const problem = problemOf(error, { correlationId, operation: event.requestContext.http.method });
    if (problem.log) log(problem.log);
    problem.response.headers.set('correlation-id', correlationId);
    return problem.response;
  },
});
