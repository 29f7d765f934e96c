/** The one error that the command line throws on purpose: a sentence for a person, and the exit code for a script. */
import type { ExitName } from './exit-codes.ts';

interface CliErrorDetails {
  /** What to do next, on a line of its own. */
  hint?: string | undefined;
  /** Of the server's refusal, for `--json`: code, rule, errors, correlationId. */
  facts?: Record<string, unknown>;
  cause?: unknown;
}

export class CliError extends Error {
  readonly exit: ExitName;
  readonly hint: string | undefined;
  readonly facts: Record<string, unknown>;

  constructor(exit: ExitName, message: string, { hint, facts = {}, cause }: CliErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CliError';
    this.exit = exit;
    this.hint = hint;
    this.facts = facts;
  }
}

/** Is it one of ours, with one of these exits where any are named? */
export function isCliError(error: unknown, ...exits: ExitName[]): error is CliError {
  return error instanceof CliError && (exits.length === 0 || exits.includes(error.exit));
}
