/**
 * How an error leaves a function. What a thrown error holds lands in logs and in the execution's history, so it is thrown anew
 * with its name, which the state machine matches, and with words from the catalogue; nothing of its own.
 */
import { CurfewError, type ErrorCode, errors, isCurfewError } from '../model/errors.ts';
import type { Fields } from './log.ts';

/** Anything that is not of the catalogue is `Internal`. */
export function codeOf(error: unknown): ErrorCode {
  return isCurfewError(error) ? error.code : 'Internal';
}

/** An error that carries its name and the catalogue's title, and no stack. */
export function nameOnly(code: ErrorCode): Error {
  const bare = new Error(errors[code].title);
  bare.name = code;
  bare.stack = code;
  return bare;
}

/** What may be known of an error by those who read logs: its code; of what is behind it, the kind and the place. */
export function traces(error: unknown): Fields {
  const code = codeOf(error);
  const behind = (error instanceof CurfewError ? error.details.cause : error) as Seen | undefined;
  if (!behind) return { code };
  return {
    code,
    errorName: behind.name,
    errorCode: behind.code,
    awsRequestId: behind.$metadata?.requestId,
    at: /index\.mjs:(\d+:\d+)/.exec(behind.stack ?? '')?.[1],
  };
}

interface Seen {
  name?: string;
  code?: string;
  stack?: string;
  $metadata?: { requestId?: string };
}
