/** One function calls another and waits for its answer. Neither what is sent nor what comes back is kept anywhere. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CurfewError } from '../model/errors.ts';
import { nameOf } from './failure.ts';

/** Between the time-out of whoever is called (25 s) and that of whoever calls (29 s). */
const longestMs = 27_000;

/** `arn`: of the alias. */
export type CallFunction = (arn: string, payload: object) => Promise<unknown>;

/** Answers with what the function answered. Throws `Unavailable` where it did not: it may have run, or run yet. */
export function createFunctionCaller(client = createClient(), patienceMs = longestMs): CallFunction {
  return async (arn, payload) => {
    const command = new InvokeCommand({ FunctionName: arn, Payload: JSON.stringify(payload) });
    const answer = await client
      .send(command, { abortSignal: AbortSignal.timeout(patienceMs) })
      .catch((error: unknown) => {
        throw unavailable(nameOf(error), error);
      });
    if (answer.FunctionError !== undefined || !answer.Payload) throw unavailable('it failed');
    return JSON.parse(answer.Payload.transformToString()) as unknown;
  };
}

/**
 * One try: what was asked may have been done though its answer was lost. A connection that is kept may be dead after a pause of
 * this function, so each call has one of its own.
 */
function createClient(): LambdaClient {
  const once = { keepAlive: false, maxSockets: Infinity };
  return new LambdaClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 1_500, httpAgent: once, httpsAgent: once },
  });
}

function unavailable(why: string, cause?: unknown): CurfewError {
  return new CurfewError(
    'Unavailable',
    `The function that calls the target did not answer (${why}). What you asked for may have been done: look, and ask again.`,
    { cause },
  );
}
