/** `curfew`, the command line: runs one command, and turns whatever happens into a message and an exit code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import { showError } from './output.ts';
import { createProgram } from './program.ts';
import { openShell, type Shell } from './shell.ts';

// Whoever reads our output may stop before its end (`| head`): that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
// Not `process.exit`: what is still on its way to a pipe would be lost.
process.exitCode = await run(openShell(), process.argv.slice(2));

async function run(shell: Shell, args: string[]): Promise<number> {
  const program = createProgram(shell, version());
  try {
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync(args, { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok;
    const known = knownError(shell, error);
    showError(shell, known, wantsJson(args));
    return exitCodes[known.exit];
  }
}

function knownError({ name, env }: Shell, error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof CommanderError)
    return new CliError(
      'usage',
      error.code === 'commander.help' ? 'There is no such command' : sentence(error.message),
      {
        hint: `See: ${name} help, or ${name} help COMMAND`,
      },
    );
  const text = error instanceof Error ? (env['CURFEW_DEBUG'] ? error.stack : error.message) : String(error);
  return new CliError('unexpected', `Something unexpected went wrong: ${text}`, {
    hint: 'CURFEW_DEBUG=1 shows where.',
    cause: error,
  });
}

function sentence(message: string): string {
  return message.replace(/^error: /, '').replace(/^./, (first) => first.toUpperCase());
}

function wantsJson(args: string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).includes('--json');
}

function version(): string {
  const file = join(import.meta.dirname, '..', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
