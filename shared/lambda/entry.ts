/** The one stack that every function runs in: who calls, how long it took, what went wrong; and errors that carry a name alone. */
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import stack, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { type ErrorCode, errors } from '../model/errors.ts';
import { codeOf, nameOnly, traces } from './failure.ts';
import { type Fields, log, logger } from './log.ts';
import { metrics } from './metrics.ts';

/** What Lambda calls. */
export type Entry<E, R> = (event: E, context: Context) => Promise<R>;

/** Wraps `run`. Throws errors whose `name` is a code of the catalogue. */
export function entry<E, R>(run: Entry<E, R>): Entry<E, R> {
  const wrapped = stack<E, R>((event: E, context: Context) => run(event, context), {
    timeoutEarlyInMillis: 0,
  })
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(logMetrics(metrics))
    .use(outcome() as MiddlewareObj<E, R>);
  return async (event, context) => wrapped(event, context);
}

/** What the state machine goes on from; nobody has to look at it. */
const ordinary: ErrorCode[] = ['NotDue', 'Settling', 'TargetLagging'];

function outcome(): MiddlewareObj {
  const begun = new WeakMap<object, number>();
  const durationMs = (request: object) => Math.round(performance.now() - (begun.get(request) ?? 0));
  return {
    before: (request) => void begun.set(request, performance.now()),
    after: (request) => log('info', 'done', { ...subjectOf(request.event), durationMs: durationMs(request) }),
    onError: (request) => {
      const code = codeOf(request.error);
      const expected = ordinary.includes(code);
      const level = expected ? 'info' : errors[code].retryable ? 'warn' : 'error';
      const about = { ...subjectOf(request.event), durationMs: durationMs(request) };
      log(level, expected ? 'refused' : 'failed', { ...traces(request.error), ...about });
      if (!expected) metrics.addMetric('Failed', MetricUnit.Count, 1);
      request.error = nameOnly(code);
    },
  };
}

/** The grant that it is about, and the answer that is waited for. What has not the form of an id, the log leaves out. */
export function subjectOf(event: unknown): Fields {
  const { grantId, correlationId } = (event ?? {}) as Fields;
  return { grantId, correlationId };
}
