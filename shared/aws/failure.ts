/** What the AWS SDK throws, as an error of the catalogue. Of its own words nothing is told but the name: they may quote what was sent. */
import { CurfewError, type ErrorCode } from '../model/errors.ts';

/** `Throttled` where AWS asks to slow down; else `code`, with what was tried and the name of AWS's error. */
export function failureOf(error: unknown, code: ErrorCode, tried: string): CurfewError {
  const name = nameOf(error);
  if (isThrottling(error, name))
    return new CurfewError('Throttled', `${tried}: AWS asks us to slow down.`, { cause: error });
  const help = name.startsWith('AccessDenied') ? ' Check the permissions of the function.' : '';
  return new CurfewError(code, `${tried} (${name}).${help}`, { cause: error });
}

function isThrottling(error: unknown, name: string): boolean {
  const status = (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata
    ?.httpStatusCode;
  return (
    status === 429 ||
    /^(Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|ProvisionedThroughput)/.test(name)
  );
}

/** The name of an error, where it has the form of one. */
export function nameOf(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  return /^\w{1,80}$/.test(name) ? name : 'Unknown';
}
