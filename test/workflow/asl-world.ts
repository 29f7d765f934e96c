/** Tiny state machines in virtual time, for the tests of the interpreter. */
import {
  createLocalWorkflow,
  type LocalWorkflow,
  type LocalWorkflowOptions,
} from '../../local/workflow/local-workflow.ts';
import type { Step } from '../../shared/ports.ts';
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts';

export type Behaviour = (payload: Record<string, unknown>, call: number) => unknown;

export interface World {
  clock: VirtualClock;
  workflow: LocalWorkflow;
  /** `<second> <state>`, of all executions. */
  visited: string[];
  /** `<second> <function>`, each call. */
  calls: string[];
  /** Payloads of each function's calls. */
  payloads: Record<string, Record<string, unknown>[]>;
  failures: { name: string; grantId: string; error: Error }[];
  /** Callback tokens, in the order in which functions were given them. */
  tokens: string[];
  start(name?: string, changes?: Record<string, unknown>): Promise<void>;
}

const start = '2026-11-24T12:00:00.000Z';

/** The first state is where it starts. `work` and `record` are there always: they answer `{ done: true }`. */
export function createWorld(
  states: Record<string, unknown>,
  behaviours: Record<string, Behaviour> = {},
  more: Partial<LocalWorkflowOptions> = {},
): World {
  const clock = createVirtualClock(start);
  const second = () => (clock.now() - Date.parse(start)) / 1000;
  const world = { visited: [], calls: [], payloads: {}, failures: [], tokens: [] } as Pick<
    World,
    'visited' | 'calls' | 'payloads' | 'failures' | 'tokens'
  >;
  const functions = Object.fromEntries(
    Object.entries({ work: () => ({ done: true }), record: () => ({ done: true }), ...behaviours }).map(
      ([name, behaviour]) => [name, (payload: unknown) => called(name, behaviour, payload)],
    ),
  );
  async function called(name: string, behaviour: Behaviour, payload: unknown): Promise<unknown> {
    const given = payload as Record<string, unknown>;
    const earlier = (world.payloads[name] ??= []);
    earlier.push(given);
    world.calls.push(`${second()} ${name}`);
    if (typeof given['token'] === 'string') world.tokens.push(given['token']);
    return await behaviour(given, earlier.length);
  }
  const workflow = createLocalWorkflow({
    definition: { StartAt: Object.keys(states)[0], States: states },
    functions,
    clock,
    random: () => 0.5,
    onEntered: (_name, state) => world.visited.push(`${second()} ${state}`),
    onFailed: (name, grantId, error) => world.failures.push({ name, grantId, error }),
    ...more,
  });
  return {
    ...world,
    clock,
    workflow,
    async start(name = 'g1', changes = {}) {
      await workflow.start(name, { ...stepOf(name), ...changes });
      await clock.advance(0);
    },
  };
}

export function stepOf(grantId: string): Step {
  return { schema: 1, grantId, status: 'approved', waitSeconds: 60 };
}

/** A task that calls `work` and ends, unless told otherwise. */
export function task(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: {
      FunctionName: '${WorkArn}',
      Payload: { 'grantId.$': '$$.Execution.Input.grantId', 'step.$': '$' },
    },
    OutputPath: '$.Payload',
    TimeoutSeconds: 90,
    ...('Next' in more ? {} : { End: true }),
    ...more,
  };
}

/** A task that calls `hold` and waits for its callback. */
export function callback(more: Record<string, unknown> = {}): Record<string, unknown> {
  return task({
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Parameters: { FunctionName: '${HoldArn}', Payload: { 'token.$': '$$.Task.Token', 'step.$': '$' } },
    OutputPath: '$',
    ...more,
  });
}

/** A last state that records what it was given: read `world.payloads.record`. */
export const record = task({
  Parameters: { FunctionName: '${RecordArn}', Payload: { 'step.$': '$' } },
});

/** An error as our functions throw them. */
export function named(name: string): Error {
  const error = new Error(`${name} happened`);
  error.name = name;
  return error;
}
