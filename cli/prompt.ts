/** Questions to whoever sits at the terminal. Asked on stderr, so that stdout holds results alone. */
import { CliError } from './cli-error.ts';
import type { Session } from './session.ts';

export interface Choice<T> {
  name: string;
  value: T;
  description?: string;
}

/** Throws `usage`, naming what is missing, where nobody can be asked. */
export async function choose<T>(
  session: Session,
  question: string,
  choices: Choice<T>[],
  missing: string,
): Promise<T> {
  return ask(session, missing, async ({ search }, context) => {
    const source = (term: string | undefined) =>
      choices.filter(({ name, description = '' }) =>
        `${name} ${description}`.toLowerCase().includes((term ?? '').toLowerCase().trim()),
      );
    return search({ message: question, source, pageSize: 12 }, context);
  });
}

/** One line of text. `check` answers true, or says what is wrong. */
export async function askText(
  session: Session,
  question: { message: string; initial?: string; check?: (text: string) => true | string },
  missing: string,
): Promise<string> {
  const { message, initial, check = () => true } = question;
  return ask(session, missing, ({ input }, context) =>
    input({ message, validate: check, ...(initial !== undefined && { default: initial }) }, context),
  );
}

export async function askYesNo(session: Session, message: string, initial: boolean): Promise<boolean> {
  return ask(session, 'confirmation', ({ confirm }, context) =>
    confirm({ message, default: initial }, context),
  );
}

type Prompts = typeof import('@inquirer/prompts');
interface Context {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream;
  signal: AbortSignal;
}

async function ask<T>(
  { interactive, shell }: Session,
  missing: string,
  question: (prompts: Prompts, context: Context) => Promise<T>,
): Promise<T> {
  if (!interactive) throw missingArgument(missing);
  // Loaded only for people: scripts do not wait for it.
  const prompts = await import('@inquirer/prompts');
  try {
    return await question(prompts, { input: shell.stdin, output: shell.stderr, signal: shell.stop });
  } catch (error) {
    if (error instanceof Error && ['ExitPromptError', 'AbortPromptError'].includes(error.name))
      throw new CliError('interrupted', 'Interrupted: nothing was done.');
    throw error;
  }
}

/** The refusal where something is missing and nobody can be asked for it. */
export function missingArgument(what: string): CliError {
  return new CliError('usage', `Missing: ${what}.`, {
    hint: 'There is no terminal to ask at (or --json was given): say it on the command line.',
  });
}
