/**
 * The `Workflow` port in this process: runs the state machine that Step Functions runs in the cloud, from the same file, on an
 * injected clock. Nothing is stored: after a restart executions are started again from the table.
 */
import { CurfewError } from '../../shared/model/errors.ts';
import type { Clock, Workflow } from '../../shared/ports.ts';
import { execute } from './execute.ts';
import { loadMachine } from './load-machine.ts';
import type { Machine } from './machine.ts';
import { copy, readPath } from './paths.ts';
import type { Engine, LambdaFunction, Run } from './run.ts';

export interface LocalWorkflowOptions {
  /** The state machine, as JSON. */
  definition: unknown;
  /** By name: `revoke-access` is called where the machine says `${RevokeAccessArn}`. */
  functions: Record<string, LambdaFunction>;
  clock: Clock;
  /** From [0, 1), for the jitter of retries. Default: Math.random. */
  random?: () => number;
  /** An execution ended badly: nothing caught the error. What it was about is due, and the reconciler's. */
  onFailed?: (name: string, grantId: string, error: Error) => void;
  /** A function threw, or did not answer in time. The machine decides what follows. */
  onError?: (name: string, state: string, error: unknown) => void;
  onEntered?: (name: string, state: string) => void;
}

export interface LocalWorkflow extends Workflow {
  /** Names of the executions that live. */
  running(): string[];
  /** The state an execution is in; undefined when it does not live. */
  stateOf(name: string): string | undefined;
  /** Begins nothing more, forgets every execution, and waits for functions under way, that long at most (default 5 s). */
  stop(limit?: { withinSeconds: number }): Promise<void>;
}

/** Names never come back on purpose; what is kept is for a start that is repeated soon after. AWS remembers for 90 days. */
const namesKept = 10_000;

/** Throws an Error that lists the faults of a machine this interpreter would not run as AWS does. */
export function createLocalWorkflow(options: LocalWorkflowOptions): LocalWorkflow {
  const machine = loadMachine(options.definition, Object.keys(options.functions));
  const engine = createEngine(options);
  const runs = new Map<string, Run>();
  const finished = new Set<string>();
  let stopped = false;

  async function live(run: Run): Promise<void> {
    await untilEnd(engine, run, machine, options);
    runs.delete(run.name);
    remember(finished, run.name);
  }

  return {
    async start(name, input) {
      if (stopped) throw new CurfewError('Unavailable', 'Curfew is shutting down. Try again in a moment.');
      if (runs.has(name) || finished.has(name)) return;
      const run = newRun(name, copy(input));
      runs.set(name, run);
      void live(run);
    },
    async wake(token, step) {
      const hand = engine.tokens.get(token);
      hand?.(copy(step));
      return hand !== undefined;
    },
    running: () => [...runs.keys()],
    stateOf: (name) => runs.get(name)?.state,
    async stop({ withinSeconds } = { withinSeconds: 5 }) {
      stopped = true;
      for (const run of runs.values()) stopRun(run);
      runs.clear();
      await settled(engine, withinSeconds);
    },
  };
}

function createEngine({ clock, functions, random, onEntered, onError }: LocalWorkflowOptions): Engine {
  return {
    clock,
    functions,
    random: random ?? Math.random,
    tokens: new Map(),
    calls: new Set(),
    onEntered: onEntered ?? (() => {}),
    onError: onError ?? (() => {}),
  };
}

function newRun(name: string, input: unknown): Run {
  return { name, input, state: '', events: 2, stopped: false, cancel() {} };
}

/** Resolves when the execution has ended, however it did. */
async function untilEnd(
  engine: Engine,
  run: Run,
  machine: Machine,
  { onFailed }: LocalWorkflowOptions,
): Promise<void> {
  try {
    await execute(engine, run, machine);
  } catch (error) {
    const grantId = readPath('$.grantId', run.input);
    if (!run.stopped) onFailed?.(run.name, typeof grantId === 'string' ? grantId : '', error as Error);
  }
}

function remember(finished: Set<string>, name: string): void {
  finished.add(name);
  const [oldest] = finished;
  if (finished.size > namesKept && oldest !== undefined) finished.delete(oldest);
}

function stopRun(run: Run): void {
  run.stopped = true;
  run.cancel();
}

async function settled(engine: Engine, withinSeconds: number): Promise<void> {
  const patience = new AbortController();
  const calls = Promise.allSettled(engine.calls).then(() => patience.abort());
  await Promise.race([
    calls,
    engine.clock.sleepUntil(engine.clock.now() + withinSeconds * 1000, patience.signal),
  ]);
}
