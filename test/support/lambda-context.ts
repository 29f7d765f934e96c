/** The context that Lambda hands to a function. */
import type { Context } from 'aws-lambda';

export function lambdaContext(remainingMs = 30_000): Context {
  return {
    awsRequestId: 'request-1',
    functionName: 'curfew-test',
    getRemainingTimeInMillis: () => remainingMs,
  } as Context;
}
