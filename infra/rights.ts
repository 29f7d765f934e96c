/**
 * Which function may do what, as data: the rights table. `statements.ts` says what each right is in IAM; a function has no
 * other. What it does not have it is denied, by AWS as by the emulator.
 */
import type { Duty } from '../shared/connectors/aws-iam/names.ts';
import type { CalledFunction, FunctionName } from './function-names.ts';

export type Right =
  /** Items by key, strongly. */
  | 'read items'
  /** The items of one partition, of the table itself. */
  | 'list items'
  /** The global indexes: lists over grants and requests. */
  | 'search items'
  /** Writes, all or nothing, each on a condition. */
  | 'write items'
  /** Hands a step to an execution that waits. */
  | 'wake executions'
  | 'start executions'
  /** Waits for the answer of another function. */
  | `call ${CalledFunction}`
  /** Secrets of targets, under the stage's own prefix. */
  | 'read secrets'
  | `become ${Duty}`
  | 'put events'
  | 'read stream'
  /** Messages that come after a delay. */
  | 'take messages';

const step = ['read items', 'write items'] as const;
const waiting = [...step, 'wake executions'] as const;
/** Who asks is looked up among the people, who are one partition. */
const asking = ['read items', 'list items'] as const;

export const rights: Record<FunctionName, readonly Right[]> = {
  // The Internet reaches it: it has no way to a target, only to those who act there for a person.
  api: [
    'read items',
    'list items',
    'search items',
    'write items',
    'wake executions',
    'start executions',
    'call extend-access',
    'call issue-credentials',
    'call check-integration',
  ],
  'extend-access': [
    ...asking,
    'write items',
    'wake executions',
    'read secrets',
    'become reader',
    'become extender',
    // An extension that lost its race is taken back.
    'become revoker',
  ],
  // At AWS nothing is made for it, so that there is nothing to take back.
  'issue-credentials': [...asking, 'write items', 'read secrets', 'become reader'],
  'check-integration': [
    ...asking,
    'read secrets',
    'become reader',
    // Whether these two let Curfew in, it tries; of the granter it is told by the reader.
    'become extender',
    'become revoker',
  ],
  'ask-approvers': waiting,
  // The grantee is looked up among the people, who are one partition.
  'grant-access': [
    ...step,
    'list items',
    'read secrets',
    'become reader',
    'become granter',
    // What it gave too late, or to a grant that is wanted back.
    'become revoker',
  ],
  'hold-access': waiting,
  'revoke-access': [...step, 'read secrets', 'become reader', 'become revoker'],
  'record-revoke-failed': step,
  'close-request': step,
  reconcile: [
    'read items',
    'list items',
    'search items',
    'write items',
    'wake executions',
    'start executions',
    'read secrets',
    'become reader',
    // A shared artefact is converged: what still has a holder is put back.
    'become granter',
    'become revoker',
    'take messages',
  ],
  'publish-events': ['read stream', 'put events'],
  notify: [],
  'load-config': ['read items', 'list items', 'write items'],
};
