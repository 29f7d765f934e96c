/** The functions that are deployed. Each is a folder of `functions/` with its handler and its environment. */
export const functionNames = [
  'api',
  'ask-approvers',
  'grant-access',
  'hold-access',
  'revoke-access',
  'record-revoke-failed',
  'close-request',
  'reconcile',
  'publish-events',
  'notify',
  'load-config',
] as const;
export type FunctionName = (typeof functionNames)[number];

/** Those that the state machine calls: the states of the same names. */
export const stateFunctions = [
  'ask-approvers',
  'grant-access',
  'hold-access',
  'revoke-access',
  'record-revoke-failed',
  'close-request',
] as const satisfies FunctionName[];
export type StateFunction = (typeof stateFunctions)[number];
