/** What AWS and the network say, in the words of the error catalogue. The only place that knows AWS's error codes. */
import { CurfewError } from '../../model/errors.ts';
import type { ErrorCode } from '../../model/errors.ts';

const throttled = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'TooManyRequestsException',
  'SlowDown',
]);
/** Somebody else changes the same thing just now: it works when tried again. */
const conflicts = new Set([
  'ConcurrentModification',
  'EntityTemporarilyUnmodifiable',
  'DeleteConflict',
  'EntityAlreadyExists',
]);
/** Our session is no longer good: its role was made anew, or its time is over. The next try opens another. */
const stale = new Set(['ExpiredToken', 'ExpiredTokenException', 'InvalidClientTokenId', 'UnrecognizedClientException']); // biome-ignore format: a plain list

export interface Circumstances {
  /** The role whose session made the request. */
  as: string;
  account: string;
  /** Did the call certainly have no effect so far? */
  certain: boolean;
  aborted: boolean;
}

/** A CurfewError for whatever the SDK threw. What is no failure of the target (a fault of our own) comes back as it is. */
export function translateError(error: unknown, at: Circumstances): unknown {
  if (error instanceof CurfewError || !(error instanceof Error)) return error;
  const code = codeOf(error, at);
  if (!code) return error;
  return new CurfewError(code, sentence(error, at), { cause: error, ...(at.certain && { mayLand: false }) });
}

/** AWS's code, with or without the SDK's ending: `NoSuchEntity`. */
export function awsCode(error: unknown): string | undefined {
  const thrown = error instanceof CurfewError ? error.cause : error;
  return thrown instanceof Error && '$metadata' in thrown ? bare(thrown.name) : undefined;
}

/** Was it answered at the first try, and with a refusal? Then it certainly had no effect. */
export function hadNoEffect(error: unknown): boolean {
  if (!(error instanceof Error) || !('$metadata' in error)) return false;
  const { attempts, httpStatusCode } = error.$metadata as { attempts?: number; httpStatusCode?: number };
  return attempts === 1 && httpStatusCode !== undefined && httpStatusCode >= 400 && httpStatusCode < 500;
}

export function isStaleSession(error: unknown): boolean {
  return stale.has(awsCode(error) ?? '');
}

function bare(name: string): string {
  return throttled.has(name) || stale.has(name) ? name : name.replace(/Exception$/, '');
}

function codeOf(error: Error, { aborted }: Circumstances): ErrorCode | undefined {
  const code = awsCode(error);
  if (code !== undefined && throttled.has(code)) return 'Throttled';
  if (code !== undefined && conflicts.has(code)) return 'Conflict';
  if (aborted || isNetwork(error) || stale.has(code ?? '')) return 'TargetUnavailable';
  if (code === undefined) return undefined;
  const status = (error as unknown as { $metadata: { httpStatusCode?: number } }).$metadata.httpStatusCode;
  return status === undefined || status >= 500 ? 'TargetUnavailable' : 'TargetRefused';
}

/** What never reached AWS, or got no answer. The SDK says so by a system code, or by one of its own names. */
function isNetwork(error: Error): boolean {
  if (
    /^(TimeoutError|AbortError|CredentialsProviderError|TokenProviderError|NetworkingError)$/.test(error.name)
  )
    return true;
  return 'code' in error && typeof error.code === 'string' && /^E[A-Z]|CERT|TLS|SSL/.test(error.code);
}

function sentence(error: Error, { as, account, aborted }: Circumstances): string {
  const code = awsCode(error);
  if (aborted) return `The call was stopped before AWS answered for account ${account}.`;
  if (code === 'AccessDenied') return denied(error, as);
  if (code === 'LimitExceeded')
    return `Account ${account} is at a limit of IAM: ${error.message} Delete what nobody uses, or have the quota raised.`;
  return `AWS, account ${account}: ${error.message || error.name} [${code ?? error.name}].`;
}

/** "User: arn:... is not authorized to perform: iam:CreateRole on resource: arn:... because ..." */
function denied(error: Error, as: string): string {
  const [, action, resource] =
    /perform: ([\w-]+:\w+)(?: on resource: (?:role |user |group |policy )?(\S+))?/.exec(error.message) ?? [];
  const what = action ? `${action}${resource ? ` on ${resource}` : ''}` : error.message;
  return `${as} may not do ${what}: deploy the target stack of this account anew (docs/connectors/aws-iam.md).`;
}
