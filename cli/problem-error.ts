/** A refusal of the server (`application/problem+json`) as an error that a person can act on and a script can tell apart. */
import { Problem } from '../shared/api/problem.ts';
import { CliError } from './cli-error.ts';
import type { ExitName } from './exit-codes.ts';

/** `problem` is undefined where the body was something else: then it is not Curfew that answers. */
export function problemError(status: number, problem: Problem | undefined, login: string): CliError {
  if (!problem)
    return new CliError(
      exitOf(status),
      `The server answered with status ${status}, and not as Curfew does.`,
      {
        hint: 'Is CURFEW_URL right, and is there a proxy in between?',
      },
    );
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
