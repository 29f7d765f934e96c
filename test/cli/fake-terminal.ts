/** A terminal with somebody at it: commands run in this process on streams that say they are a terminal, and keys can be typed. */
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { CliError } from '../../cli/cli-error.ts';
import { createProgram } from '../../cli/program.ts';
import type { Shell } from '../../cli/shell.ts';
import { type FakeServer, goodToken } from './fake-server.ts';
import { until } from './run-cli.ts';

export interface Terminal {
  /** What stdout got, with its colours. */
  stdout(): string;
  /** What was on the screen beside results: questions and progress, without their cursor movements. */
  screen(): string;
  /** Waits until the screen shows this, then types. `\r` is Enter. */
  type(after: string, keys: string): Promise<void>;
  interrupt(): void;
  /** The error that the command ended with, if any. */
  ended: Promise<CliError | undefined>;
}

interface Settings {
  columns?: number;
  env?: Record<string, string>;
}

export function atTerminal(
  server: FakeServer,
  args: string[],
  { columns = 120, env = {} }: Settings = {},
): Terminal {
  const out = recorder(columns);
  const err = recorder(columns);
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const stop = new AbortController();
  const shell: Shell = {
    env: { CURFEW_HOME: server.home, CURFEW_TOKEN: goodToken, ...env },
    cwd: server.home,
    now: Date.now,
    stdin,
    stdout: out.stream,
    stderr: err.stream,
    interactive: true,
    stop: stop.signal,
    ignoreInterrupts: () => undefined,
    name: 'curfew',
  };
  const screen = () => stripVTControlCharacters(err.text());
  return {
    stdout: out.text,
    screen,
    async type(after, keys) {
      await until(() => screen().includes(after), screen);
      stdin.write(keys);
    },
    interrupt: () => stop.abort(),
    ended: createProgram(shell, '0.0.0')
      .parseAsync(args, { from: 'user' })
      .then(
        () => undefined,
        (error: unknown) => {
          if (error instanceof CliError) return error;
          throw error;
        },
      ),
  };
}

function recorder(columns: number) {
  let text = '';
  // Like the stderr of a process: the end of one prompt does not end it.
  const stream: PassThrough = Object.assign(new PassThrough(), { isTTY: true, columns, end: () => stream });
  stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return { stream, text: () => text };
}
