/** Runs one execution from its first state to its end. */
import { choose } from './choice.ts';
import type { Machine, State } from './machine.ts';
import { countEvents, type Engine, pause, type Run, type Transition } from './run.ts';
import { runTask } from './task.ts';

/** Resolves when it ended well or was stopped. Throws where AWS would call the execution failed. */
export async function execute(engine: Engine, run: Run, machine: Machine): Promise<void> {
  let at: Transition = { data: run.input, next: machine.StartAt };
  while (at.next !== undefined) {
    run.state = at.next;
    countEvents(run, 2);
    engine.onEntered(run.name, run.state);
    const next = await enter(engine, run, machine.States[run.state] as State, at.data);
    if (next === undefined || run.stopped) return;
    at = next;
  }
}

async function enter(engine: Engine, run: Run, state: State, data: unknown): Promise<Transition | undefined> {
  switch (state.Type) {
    case 'Choice':
      return { data, next: choose(state, data) };
    case 'Wait':
      await pause(engine, run, state.Seconds * 1000);
      return { data, next: state.Next };
    case 'Task':
      return await runTask(engine, run, state, data);
  }
}
