/** What each kind of problem means and what helps: served at its `type` address, and listed in docs/errors.md. */
import { problemPath } from '../../shared/api/problem.ts';
import { type ErrorCode, errors } from '../../shared/model/errors.ts';

/** One paragraph per code. docs/errors.md holds the very same (test/api/problem-pages.test.ts). */
export const explanations: Record<ErrorCode, string> = {
  NotDue: 'It is not time for this step yet. Curfew comes back to it by itself; nothing is to be done.',
  Settling:
    'The target has not settled after the last change, so what it says now cannot be trusted yet. Curfew reads it again by itself.',
  TargetLagging:
    'The access is removed, and the target may say so too early: its reads lag behind its changes. Curfew reads once more, its settling time later, before it calls the access gone.',
  Throttled: 'The target limits how fast it may be called. Try again after the seconds in `Retry-After`.',
  TargetUnavailable:
    'The target system did not answer in time, or its answer was lost. Whatever must end is tried again until it has ended. Try again after `Retry-After`; when it stays, run `curfew check`.',
  Conflict: 'Somebody else changed the same thing at the same moment, again and again. Try again.',
  TargetRefused:
    'The target system refuses what Curfew asks of it, and will refuse it again. An admin runs `curfew check` to see which right is missing there.',
  RevokeBlocked:
    'The access is cut, but something is left behind at the target that Curfew may not remove. The detail names it, and who can remove it.',
  Malformed:
    'Something in the request does not have the right form. `errors` names each place and what would be right there.',
  Unauthenticated:
    'There is no bearer token, or it is not valid: expired, forged, or meant for somebody else. Sign in again.',
  Forbidden: 'You may see this, but not do it. The detail says who may.',
  NotFound:
    'There is nothing at this address, or it is not yours to see: Curfew does not say which. Check the id, or list what you may see.',
  MethodNotAllowed: 'The address exists, but not for this method. `Allow` lists those that it has.',
  StateConflict:
    'It is not possible in the present state, for instance because somebody decided before you, or because it has ended. The detail says which; read it again and go on from there.',
  IdempotencyMismatch:
    'This `Idempotency-Key` was sent before with other content. Send the first content again to get its answer, or use a new key.',
  TooLarge: 'A body may have 64 KiB at most.',
  UnsupportedType: 'Bodies are JSON: `Content-Type: application/json`, in UTF-8, not compressed.',
  Refused:
    'The request was understood, and policy refuses it. `rule` names the rule, the detail what would be allowed; `curfew explain` shows all of it.',
  Unavailable: 'Curfew cannot do this just now. Try again after `Retry-After`.',
  Internal:
    'A fault of Curfew itself. Nothing is lost: what has to end, ends. Give the `correlationId` to whoever runs it.',
};

/** The page at a problem's address. Undefined for an address that is none. */
export function problemPage(path: string): string | undefined {
  const code = (Object.keys(errors) as ErrorCode[]).find((each) => problemPath(each) === path);
  return code && `${code}: ${errors[code].title} (${errors[code].status})\n\n${explanations[code]}\n`;
}
