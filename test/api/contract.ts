/** Holds an answer against the contract: its status is one that the route documents, its body has that shape and nothing more. */
import { isDeepStrictEqual } from 'node:util';
import { Problem } from '../../shared/api/problem.ts';
import type { Route } from '../../shared/api/route.ts';
import { routes } from '../../shared/api/routes.ts';

/** Statuses that any route may have: it was not understood, not let in, or failed. */
const common = [400, 401, 403, 404, 405, 413, 415, 500, 503];

/** Throws an Error that says what is not as the contract has it. */
export function checkContract(method: string, path: string, status: number, body: unknown): void {
  const route = routeOf(method, path);
  const documented = route?.answers[status];
  if (documented) return same(`${status} of ${route.operationId}`, documented.schema.parse(body), body);
  if (status < 400) {
    if (route) throw new Error(`${route.operationId} does not document ${status}`);
    return;
  }
  same(`the problem of ${method} ${path}`, Problem.parse(body), body);
  const refusals: readonly number[] = route?.refusals ?? [];
  if (!refusals.includes(status) && !common.includes(status))
    throw new Error(`${route?.operationId ?? path} does not document ${status}`);
}

function routeOf(method: string, path: string): Route | undefined {
  const [plain = ''] = path.split('?');
  return Object.values(routes).find((route: Route) => {
    const pattern = new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    return route.method === method.toLowerCase() && pattern.test(plain);
  });
}

/** What the schema does not know is gone after parsing: then the answer shows more than the contract says. */
function same(what: string, parsed: unknown, body: unknown): void {
  if (!isDeepStrictEqual(parsed, body))
    throw new Error(`${what} holds more than the contract: ${JSON.stringify(body)}`);
}
