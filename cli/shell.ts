/** Where the command line runs: environment, terminal, clock, Ctrl-C. The only file that asks the process for them. */

export interface Shell {
  env: Record<string, string | undefined>;
  cwd: string;
  /** Epoch milliseconds. */
  now(): number;
  stdin: NodeJS.ReadableStream;
  stdout: Stream;
  stderr: Stream;
  /** Is there somebody to ask? */
  interactive: boolean;
  /** Aborted by Ctrl-C. */
  stop: AbortSignal;
  /** While a program in our place has the terminal (psql), Ctrl-C is for it. */
  ignoreInterrupts(ignore: boolean): void;
  /** How to call this program, in hints. */
  name: string;
}

export type Stream = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

/** The shell of this process. */
export function openShell(): Shell {
  const interrupts = heedInterrupts();
  return {
    env: process.env,
    cwd: process.cwd(),
    now: Date.now,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    interactive: process.stdin.isTTY && process.stderr.isTTY,
    stop: interrupts.stop,
    ignoreInterrupts: interrupts.ignore,
    // npm says so when it is `npx` that runs us: the plain name is on nobody's PATH then.
    name: process.env['npm_command'] === 'exec' ? 'npx --no curfew' : 'curfew',
  };
}

/** The first Ctrl-C asks the command to stop and say where things stand; a second one, later, ends the process at once. */
function heedInterrupts(): { stop: AbortSignal; ignore: (ignore: boolean) => void } {
  // A terminal sends the signal to every process of the group, and the launcher passes its own on: one Ctrl-C may come twice.
  const sameMs = 500;
  const controller = new AbortController();
  let ignored = false;
  let firstAt: number | undefined;
  process.on('SIGINT', () => {
    if (ignored) return;
    firstAt ??= Date.now();
    if (controller.signal.aborted && Date.now() - firstAt > sameMs) process.exit(130);
    controller.abort();
  });
  return {
    stop: controller.signal,
    ignore(ignore) {
      ignored = ignore;
    },
  };
}
