/**
 * Every error Curfew throws, in one catalogue. The `name` is the code itself, because Step Functions matches
 * `ErrorEquals` on it, and the HTTP layer maps it to a status.
 */
export const errors = {
  // What the workflow retries or catches, by name (statemachines/grant.asl.json).
  NotDue: { status: 409, retryable: false, title: 'Not due yet' },
  Settling: { status: 503, retryable: true, title: 'Waiting for the target to settle' },
  TargetLagging: { status: 503, retryable: true, title: "The target's reads lag behind its changes" },
  Throttled: { status: 503, retryable: true, title: 'The target asks us to slow down' },
  TargetUnavailable: { status: 503, retryable: true, title: 'The target does not answer' },
  Conflict: { status: 503, retryable: true, title: 'Somebody else changed this just now' },
  TargetRefused: { status: 503, retryable: false, title: 'The target refuses what Curfew asked' },
  RevokeBlocked: {
    status: 503,
    retryable: false,
    title: 'Access is cut, but something is left at the target',
  },
  // What people meet.
  Malformed: { status: 400, retryable: false, title: 'The request is malformed' },
  Unauthenticated: { status: 401, retryable: false, title: 'No valid token' },
  Forbidden: { status: 403, retryable: false, title: 'You may see this, but not do it' },
  NotFound: { status: 404, retryable: false, title: 'Not found' },
  MethodNotAllowed: { status: 405, retryable: false, title: 'Not a method of this address' },
  StateConflict: { status: 409, retryable: false, title: 'Not possible in the present state' },
  IdempotencyMismatch: {
    status: 409,
    retryable: false,
    title: 'This idempotency key was used for another body',
  },
  TooLarge: { status: 413, retryable: false, title: 'The body is too large' },
  UnsupportedType: { status: 415, retryable: false, title: 'The content type is not supported' },
  Refused: { status: 422, retryable: false, title: 'Understood, and refused by policy' },
  Unavailable: { status: 503, retryable: true, title: 'Not available just now' },
  Internal: { status: 500, retryable: false, title: 'Something went wrong on our side' },
} as const;

export type ErrorCode = keyof typeof errors;

export interface ErrorDetails {
  cause?: unknown;
  /** The rule that refused, e.g. `flow:orders-read lifetime.max`. Shown with 422. */
  rule?: string;
  /** Faults by JSON path, shown with 400. */
  errors?: { path: string; message: string }[];
  /** For a call to a target: `false` when it certainly had no effect, nor will have one. Default: it may land yet. */
  mayLand?: boolean;
  /** For a revoke: access is already out of use, though something is left behind. */
  effective?: boolean;
}

/** The only error class thrown on purpose. `detail` says what to do next, in one sentence a person can act on. */
export class CurfewError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, detail: string, details: ErrorDetails = {}) {
    super(detail, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = code;
    this.code = code;
    this.details = details;
  }

  get retryable(): boolean {
    return errors[this.code].retryable;
  }
}

/** True for a CurfewError, of one of the codes when any are named. */
export function isCurfewError(error: unknown, ...codes: ErrorCode[]): error is CurfewError {
  return error instanceof CurfewError && (codes.length === 0 || codes.includes(error.code));
}
