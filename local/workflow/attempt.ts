/** One try of a task: calls the function and waits for its result or for the callback, until the time-out. */
import { randomUUID } from 'node:crypto';
import { ExecutionFailed } from './failure.ts';
import { functionNameOf, type Task, waitsForToken } from './machine.ts';
import { copy, fillPayload, readPath } from './paths.ts';
import type { Engine, LambdaFunction, Run } from './run.ts';

export type Outcome = { result: unknown } | { error: string; thrown?: unknown } | 'stopped';

/**
 * Whatever comes first counts: result or callback, error, time-out, stop. What comes later is ignored, and the token is
 * good for nothing any more; the function itself cannot be called back, and runs on. Throws where a path leads nowhere.
 */
export function attempt(engine: Engine, run: Run, task: Task, data: unknown): Promise<Outcome> {
  const token = waitsForToken(task) ? randomUUID() : undefined;
  const Execution = { Name: run.name, Input: run.input };
  const payload = fillPayload(task.Parameters.Payload, data, {
    Execution,
    ...(token !== undefined && { Task: { Token: token } }),
  });
  const deadlineMs = engine.clock.now() + timeoutSeconds(task, data) * 1000;
  return new Promise((resolve) => {
    const timer = new AbortController();
    let open = true;
    function settle(outcome: Outcome): void {
      if (!open) return;
      open = false;
      if (token !== undefined) engine.tokens.delete(token);
      timer.abort();
      resolve(outcome);
    }
    run.cancel = () => settle('stopped');
    if (token !== undefined) engine.tokens.set(token, (result) => settle({ result }));
    void engine.clock.sleepUntil(deadlineMs, timer.signal).then(() => settle({ error: 'States.Timeout' }));
    call(engine, task, payload, () => open).then(
      (result) => token === undefined && settle({ result: { Payload: result, StatusCode: 200 } }),
      (thrown: unknown) => settle({ error: errorName(thrown), thrown }),
    );
  });
}

/** 1 to 99,999,999 whole seconds, as AWS takes them. */
function timeoutSeconds(task: Task, data: unknown): number {
  const path = task.TimeoutSecondsPath;
  const seconds = path === undefined ? task.TimeoutSeconds : readPath(path, data);
  if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= 1 && seconds <= 99_999_999) {
    return seconds;
  }
  throw new ExecutionFailed('States.Runtime', `${path} is no number of seconds: ${JSON.stringify(seconds)}`);
}

/**
 * A turn of the event loop comes first: a machine that goes from task to task without waiting must not keep the server from
 * answering. By then nobody may want the call any more.
 */
function call(engine: Engine, task: Task, payload: unknown, wanted: () => boolean): Promise<unknown> {
  const run = engine.functions[functionNameOf(task)] as LambdaFunction;
  const result = turn().then(async () => (wanted() ? copy(await run(payload)) : null));
  engine.calls.add(result);
  const forget = () => engine.calls.delete(result);
  result.then(forget, forget);
  return result;
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** What Lambda reports as the error's type. */
function errorName(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : typeof thrown;
}
