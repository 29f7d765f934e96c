/** What a command says: its result on stdout, as text or JSON; notes, progress and errors on stderr, so that pipes stay clean. */
import { styleText } from 'node:util';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import { clean, cleanLines } from './clean.ts';
import { cut } from './cut.ts';
import type { Shell, Stream } from './shell.ts';

type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

export interface Output {
  json: boolean;
  /** The result. With `--json` the data is all that stdout gets. */
  result(data: unknown, text: string): void;
  /** For people only: nothing with `--json`. */
  note(text: string): void;
  /** A line that the next one overwrites. Only on a terminal. */
  progress(text: string): void;
  /** Colours a part of a result, where there are colours. */
  paint: Paint;
  /** Width of the terminal, where the result goes to one. */
  columns: number | undefined;
}

export function createOutput(shell: Shell, json: boolean): Output {
  const { stdout, stderr } = shell;
  let pending = false;
  const clear = () => {
    if (pending) stderr.write('\r\u001b[K');
    pending = false;
  };
  return {
    json,
    result(data, text) {
      clear();
      stdout.write(json ? `${JSON.stringify(data, null, 2)}\n` : text === '' ? '' : `${text}\n`);
    },
    note(text) {
      clear();
      if (!json) stderr.write(`${text}\n`);
    },
    progress(text) {
      if (json || !stderr.isTTY) return;
      clear();
      if (text === '') return;
      stderr.write(cut(clean(text), (stderr.columns ?? 80) - 1));
      pending = true;
    },
    paint: painter(shell, stdout),
    columns: stdout.isTTY ? stdout.columns : undefined,
  };
}

/** An error on stderr: JSON where the command was asked for JSON, a sentence otherwise. */
export function showError(shell: Shell, error: CliError, json: boolean): void {
  const { message, hint, facts, exit } = error;
  if (json) {
    const body = { exitCode: exitCodes[exit], exit, message, ...(hint !== undefined && { hint }), ...facts };
    shell.stderr.write(`${JSON.stringify({ error: body }, null, 2)}\n`);
    return;
  }
  const paint = painter(shell, shell.stderr);
  // What was in progress is over.
  if (shell.stderr.isTTY) shell.stderr.write('\r\u001b[K');
  const id = facts['status'] === 500 ? ` [${String(facts['correlationId'])}]` : '';
  shell.stderr.write(`${paint('red', 'curfew:')} ${cleanLines(message)}${id}\n`);
  if (hint !== undefined) shell.stderr.write(`${cleanLines(hint)}\n`);
}

/** Colours only on a terminal, and not where NO_COLOR is set to anything (no-color.org). */
function painter({ env }: Shell, stream: Stream): Paint {
  const colours = stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text);
}
