/** What the exit code of `curfew` says, for scripts. docs/cli.md and `--help` show this table. */

export const exitCodes = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  notSignedIn: 3,
  refused: 4,
  notFound: 5,
  conflict: 6,
  unreachable: 7,
  notYet: 8,
  interrupted: 130,
} as const;
export type ExitName = keyof typeof exitCodes;

export const exitMeanings: Record<ExitName, string> = {
  ok: 'done',
  unexpected: 'something unexpected went wrong',
  usage: 'the command line is not right, or something is missing in it',
  notSignedIn: 'not signed in, or no longer',
  refused: 'forbidden, refused by policy, or rejected by an approver',
  notFound: 'there is no such thing, or it is not yours to see',
  conflict: 'not possible in the present state',
  unreachable: 'the server, or the target behind it, does not answer',
  notYet: 'still waiting, or the access is NOT GONE yet',
  interrupted: 'interrupted (Ctrl-C)',
};
