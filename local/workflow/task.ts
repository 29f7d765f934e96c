/** Task states: tries, retries, and what is caught. */
import { attempt, type Outcome } from './attempt.ts';
import { ExecutionFailed } from './failure.ts';
import { type Task, waitsForToken } from './machine.ts';
import { placeResult, selectOutput } from './paths.ts';
import { matches, retryDelayMs, type Tries } from './retry.ts';
import { countEvents, type Engine, pause, type Run, type Transition } from './run.ts';

/** Undefined when the execution was stopped meanwhile. Throws what nothing catches. */
export async function runTask(
  engine: Engine,
  run: Run,
  task: Task,
  input: unknown,
): Promise<Transition | undefined> {
  const tries: Tries = new Map();
  for (;;) {
    countEvents(run, waitsForToken(task) ? 4 : 3);
    const outcome = await attempt(engine, run, task, input);
    if (outcome === 'stopped') return undefined;
    if ('result' in outcome) return succeed(task, input, outcome.result);
    engine.onError(
      run.name,
      run.state,
      outcome.thrown ?? new ExecutionFailed(outcome.error, 'no answer in time'),
    );
    const delayMs = retryDelayMs(task.Retry, outcome.error, tries, engine.random);
    if (delayMs === undefined) return catchError(task, input, outcome);
    await pause(engine, run, delayMs);
    if (run.stopped) return undefined;
  }
}

function succeed(task: Task, input: unknown, result: unknown): Transition {
  return {
    data: selectOutput(task.OutputPath, placeResult(task.ResultPath, input, result)),
    next: task.Next,
  };
}

/** The message stays out of state data: it is no secret's place, and nothing decides on it. */
function catchError(
  task: Task,
  input: unknown,
  { error, thrown }: Extract<Outcome, { error: string }>,
): Transition {
  const catcher = task.Catch.find(({ ErrorEquals }) => matches(ErrorEquals, error));
  if (!catcher) throw new ExecutionFailed(error, 'nothing catches it', thrown);
  const caught = { Error: error, Cause: JSON.stringify({ errorType: error }) };
  return { data: placeResult(catcher.ResultPath, input, caught), next: catcher.Next };
}
