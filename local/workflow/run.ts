/** One execution while it lives, what all executions share, and how an execution waits. */
import type { Clock } from '../../shared/ports.ts';
import { ExecutionFailed } from './failure.ts';

export type LambdaFunction = (payload: unknown) => Promise<unknown>;

export interface Engine {
  clock: Clock;
  functions: Record<string, LambdaFunction>;
  /** From [0, 1): the jitter of retries. */
  random: () => number;
  /** Callbacks that are waited for, by token. */
  tokens: Map<string, (result: unknown) => void>;
  /** Functions under way, those whose task timed out too. */
  calls: Set<Promise<unknown>>;
  onEntered(name: string, state: string): void;
  onError(name: string, state: string, error: unknown): void;
}

export interface Run {
  name: string;
  input: unknown;
  state: string;
  /** So far, in the history AWS would keep. */
  events: number;
  stopped: boolean;
  /** Ends the present wait. */
  cancel: () => void;
}

/** What a state hands on: the next state and its data. No `next`: the execution has ended well. */
export interface Transition {
  data: unknown;
  next: string | undefined;
}

/** Waits that long, or until the execution is stopped. */
export async function pause(engine: Engine, run: Run, ms: number): Promise<void> {
  if (run.stopped) return;
  const timer = new AbortController();
  run.cancel = () => timer.abort();
  await engine.clock.sleepUntil(engine.clock.now() + ms, timer.signal);
}

/** AWS fails an execution whose history is full, so a machine that goes round in circles ends here as well. */
const mostEvents = 25_000;

export function countEvents(run: Run, events: number): void {
  run.events += events;
  if (run.events > mostEvents) {
    throw new ExecutionFailed('States.Runtime', `the history of ${mostEvents} events is full`);
  }
}
