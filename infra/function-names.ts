/** The functions that are deployed. Each is a folder of `functions/` with its handler and its environment. */

/** Those that the state machine calls: the states of the same names. */
export const stateFunctions = [
  'ask-approvers',
  'grant-access',
  'hold-access',
  'revoke-access',
  'record-revoke-failed',
  'close-request',
] as const;
export type StateFunction = (typeof stateFunctions)[number];

/** Those that the API calls for a person: at targets they do what it has no rights for. */
export const calledFunctions = ['extend-access', 'issue-credentials', 'check-integration'] as const;
export type CalledFunction = (typeof calledFunctions)[number];

/** All of them. */
export const functionNames = [
  'api',
  ...calledFunctions,
  ...stateFunctions,
  'reconcile',
  'publish-events',
  'notify',
  'load-config',
] as const;
export type FunctionName = (typeof functionNames)[number];
