/** A refusal of the server (`application/problem+json`) as an error that a person can act on and a script can tell apart. */
import * as z from 'zod';
import { Problem } from '../shared/api/problem.ts';
import { CliError } from './cli-error.ts';
import type { ExitName } from './exit-codes.ts';

/** Of the parsed body of an answer. `login` says how to get another token. */
export function problemError(status: number, body: unknown, login: string): CliError {
  const problem = parseProblem(body);
  if (!problem) return otherError(status, body, login);
  const { code, rule, errors = [], correlationId } = problem;
  // A single one is in the detail already.
  const faults = (errors.length > 1 ? errors : [])
    .map(({ path, message }) => `\n  ${path}: ${message}`)
    .join('');
  const by = rule === undefined ? '' : ` (rule: ${rule})`;
  return new CliError(exitOf(status), `${problem.title}: ${problem.detail}${by}${faults}`, {
    hint: status === 401 ? `For a new token: ${login}` : undefined,
    facts: {
      status,
      code,
      ...(rule !== undefined && { rule }),
      ...(errors.length > 0 && { errors }),
      correlationId,
    },
  });
}

/** Of who stands before Curfew: the API gateway, which answers with a `message` alone, or a stranger. */
function otherError(status: number, body: unknown, login: string): CliError {
  const [message, hint] = (GatewayAnswer.safeParse(body).success
    ? gatewaySays(status, login)
    : undefined) ?? [
    `The server answered with status ${status}, and not as Curfew does.`,
    'Is CURFEW_URL right, and is there a proxy in between?',
  ];
  return new CliError(exitOf(status), message, { hint });
}

const GatewayAnswer = z.object({ message: z.string().nullable() });

function gatewaySays(status: number, login: string): [message: string, hint: string] | undefined {
  if (status === 401)
    return [
      'The token is expired, or not of the issuer that this server trusts.',
      `For a new token: ${login}`,
    ];
  if (status === 429)
    return ['The server was asked too much at once, and did nothing.', 'Try again in a moment.'];
  if (status === 503 || status === 504)
    return [
      'The server did not answer in time.',
      'Try again. If something was to be changed, look first: it may have been done.',
    ];
  return undefined;
}

/** Reads a problem from a parsed body. */
export function parseProblem(body: unknown): Problem | undefined {
  return Problem.safeParse(body).data;
}

function exitOf(status: number): ExitName {
  const known: Record<number, ExitName> = {
    400: 'usage',
    401: 'notSignedIn',
    403: 'refused',
    404: 'notFound',
    409: 'conflict',
    413: 'usage',
    415: 'usage',
    422: 'refused',
    429: 'unreachable',
    502: 'unreachable',
    503: 'unreachable',
    504: 'unreachable',
  };
  return known[status] ?? 'unexpected';
}
