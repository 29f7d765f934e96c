/**
 * Which function may do what, as data: the rights table. `statements.ts` says what each right is in IAM; a function has no
 * other. What it does not have it is denied, by AWS as by the emulator.
 */
import type { Duty } from '../shared/connectors/aws-iam/names.ts';
import type { FunctionName } from './function-names.ts';

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
  /** Secrets of targets, under the stage's own prefix. */
  | 'read secrets'
  | `become ${Duty}`
  | 'put events'
  | 'read stream'
  /** Messages that come after a delay. */
  | 'take messages';

const step = ['read items', 'write items'] as const;
const waiting = [...step, 'wake executions'] as const;

export const rights: Record<FunctionName, readonly Right[]> = {
  api: [
    'read items',
    'list items',
    'search items',
    'write items',
    'wake executions',
    'start executions',
    'read secrets',
    'become reader',
    'become extender',
    // An extension that lost its race is taken back.
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
