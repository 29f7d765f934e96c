/** What the boundary of every role made for a grant says: in peace, and in a lock-down. Its versions are Curfew's own. */
import { boundaryFirst } from './boundary-first.ts';
import type { PolicyDocument } from './policy.ts';
import { isDocument } from './policy.ts';

/** What `unlock` puts. As long as nothing changed since, that is the first version. */
export const boundaryOpen: PolicyDocument = boundaryFirst;

/** Everything is denied, to living sessions too, and whatever a resource's own policy allows. */
export const boundaryLocked: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'CurfewLockDown', Effect: 'Deny', Action: '*', Resource: '*' }],
};

export type BoundaryState = 'open' | 'locked' | 'other';

/** Which of the two a version's document is, as IAM gives it back. */
export function boundaryState(encoded: string | undefined): BoundaryState {
  if (isDocument(encoded, boundaryLocked)) return 'locked';
  return isDocument(encoded, boundaryOpen) ? 'open' : 'other';
}
