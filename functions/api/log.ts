/** What the log keeps of a failed call: the method, the shape of the address, the kind of error. Never words of the error or the caller. */
import { routes } from '../../shared/api/routes.ts';
import { log } from '../../shared/lambda/log.ts';
import type { LogEntry } from './problem.ts';

export function createLog(): (entry: LogEntry) => void {
  const words = new Set(Object.values(routes).flatMap(({ path }) => path.split('/')));
  return ({ level, code, correlationId, operation, stack }) =>
    log(level, 'failed', {
      code,
      correlationId,
      operation: shapeOf(operation, words),
      errorName: /^(\w+)/.exec(stack ?? '')?.[1],
      at: /index\.mjs:(\d+:\d+)/.exec(stack ?? '')?.[1],
    });
}

/** `GET /grants/01k…` -> `GET /grants/{}`: anything that is not a word of the contract may be somebody's secret. */
function shapeOf(operation: string, words: Set<string>): string {
  const [method = '', path = ''] = operation.split(' ');
  const steps = path.split('/').map((step) => (words.has(step) ? step : '{}'));
  return `${method} ${steps.join('/')}`;
}
