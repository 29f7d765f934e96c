/** How every command is made: one verb, its arguments and options, `--json`, examples in its help, a session for its work. */
import { Command, Option } from 'commander';
import { openSession, type Session } from './session.ts';
import type { Shell } from './shell.ts';

export interface Verb<Args extends unknown[], Options> {
  /** With its arguments: `connect [grant]`. */
  usage: string;
  summary: string;
  /** More than the summary, for its own help. */
  about?: string;
  arguments?: Record<string, string>;
  options?: (Option | [flags: string, description: string])[];
  examples: string[];
  run(session: Session, args: Args, options: Options): Promise<void>;
}

export function verb<Args extends unknown[], Options>(shell: Shell, spec: Verb<Args, Options>): Command {
  const command = new Command(spec.usage.split(' ')[0]);
  for (const argument of spec.usage.split(' ').slice(1))
    command.argument(argument, spec.arguments?.[argument.replaceAll(/[[\]<>.]/g, '')] ?? '');
  command.summary(spec.summary).description([spec.summary, spec.about].filter(Boolean).join('\n\n'));
  for (const option of spec.options ?? [])
    command.addOption(option instanceof Option ? option : new Option(...option));
  command.option('--json', 'print the result as JSON, and errors as JSON on stderr');
  command.addHelpText(
    'after',
    `\nExamples:\n${spec.examples.map((line) => `  $ ${shell.name} ${line}`).join('\n')}`,
  );
  return command.action(async (...given: unknown[]) => {
    // Of a verb within a verb (`flows plan`), `--json` may have been taken by the outer one.
    const options = command.optsWithGlobals<Options & { json?: boolean }>();
    await spec.run(openSession(shell, options.json === true), given.slice(0, -2) as Args, options);
  });
}
