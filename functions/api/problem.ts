/** Every refusal and failure leaves through here: an error becomes `application/problem+json`, and nothing else of it is shown. */
import { HTTPException } from 'hono/http-exception';
import { type Problem, problemPath } from '../../shared/api/problem.ts';
import { CurfewError, type ErrorCode, errors, isCurfewError } from '../../shared/model/errors.ts';

/** What the log keeps of an unexpected error. The stack stays here. */
export interface LogEntry {
  level: 'error' | 'warn';
  message: string;
  correlationId: string;
  operation: string;
  code: ErrorCode;
  stack?: string;
}

/** A 404 says the same for what is not there and for what is not the caller's to see. */
const notFound =
  'There is nothing by this id or address, or it is not yours to see. Check it, or list what you may see.';

/** Seconds after which a retry is sensible, by code: a lost race is over at once, a target needs a while. */
const retryAfterSeconds: Partial<Record<ErrorCode, number>> = {
  Conflict: 1,
  Settling: 5,
  TargetLagging: 15,
  Throttled: 10,
};

/** The answer to an error, and what to log of it: 5xx only. */
export function problemOf(
  error: unknown,
  { correlationId, operation }: Pick<LogEntry, 'correlationId' | 'operation'>,
): { response: Response; log?: LogEntry } {
  const known = knownError(error);
  const response = problemResponse(bodyOf(known, correlationId));
  const { code } = known;
  if (errors[code].status < 500) return { response };
  const stack = error instanceof Error ? error.stack : undefined;
  const message = error instanceof Error ? error.message : String(error);
  const level = code === 'Internal' ? 'error' : 'warn';
  return { response, log: { level, message, correlationId, operation, code, ...(stack && { stack }) } };
}

function knownError(error: unknown): CurfewError {
  if (isCurfewError(error)) return error;
  if (error instanceof HTTPException && error.status === 400)
    return new CurfewError('Malformed', 'The request cannot be read. Check its address and headers.');
  return new CurfewError('Internal', 'unexpected', { cause: error });
}

function bodyOf({ code, message, details }: CurfewError, correlationId: string): Problem {
  const { status, title } = errors[code];
  return {
    type: problemPath(code),
    title,
    status,
    code,
    detail: detailOf(code, message, correlationId),
    ...(details.rule !== undefined && { rule: details.rule }),
    ...(details.errors !== undefined && { errors: details.errors }),
    correlationId,
  };
}

function detailOf(code: ErrorCode, message: string, correlationId: string): string {
  if (code === 'NotFound') return notFound;
  if (code !== 'Internal') return message;
  return `Try again; when it stays, give ${correlationId} to whoever runs Curfew.`;
}

function problemResponse(problem: Problem): Response {
  const headers = new Headers({ 'content-type': 'application/problem+json; charset=utf-8' });
  if (problem.status === 401) headers.set('www-authenticate', 'Bearer realm="curfew"');
  if (problem.status === 503) headers.set('retry-after', String(retryAfterSeconds[problem.code] ?? 15));
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}
