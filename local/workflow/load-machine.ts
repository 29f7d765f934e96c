/** Reads a state machine, and refuses one that this interpreter would run differently from AWS: all faults at once, each with its path. */
import { type Catcher, functionNameOf, Machine, type Retrier, type State, waitsForToken } from './machine.ts';

type Fault = (path: string, message: string) => void;

/**
 * `functionNames` are those that the machine may call. Throws an Error whose message lists every fault: fields outside
 * the subset, unknown and unreachable states, functions that are missing.
 */
export function loadMachine(definition: unknown, functionNames: string[]): Machine {
  const faults: string[] = [];
  const fault: Fault = (path, message) => faults.push(`${path}: ${message}`);
  const parsed = Machine.safeParse(definition);
  if (parsed.success) check(parsed.data, functionNames, fault);
  else for (const issue of parsed.error.issues) fault(pathOf(issue.path), issue.message);
  if (parsed.success && faults.length === 0) return parsed.data;
  throw new Error(`The state machine cannot be run here:\n${faults.map((text) => `  ${text}`).join('\n')}`);
}

function pathOf(parts: PropertyKey[]): string {
  return parts.reduce<string>(
    (path, part) => path + (typeof part === 'number' ? `[${part}]` : `.${String(part)}`),
    '$',
  );
}

function check(machine: Machine, functionNames: string[], fault: Fault): void {
  for (const [name, state] of Object.entries(machine.States)) {
    const path = `$.States.${name}`;
    for (const [at, target] of targets(state)) {
      if (!(target in machine.States)) fault(`${path}.${at}`, `there is no state ${target}`);
    }
    if (state.Type !== 'Choice' && (state.Next === undefined) === (state.End === undefined)) {
      fault(path, 'must have either Next or End');
    }
    if (state.Type !== 'Task') continue;
    checkTask(state, path, fault);
    const called = functionNameOf(state);
    if (!functionNames.includes(called)) {
      fault(`${path}.Parameters.FunctionName`, `there is no function ${called}`);
    }
  }
  if (!(machine.StartAt in machine.States)) fault('$.StartAt', `there is no state ${machine.StartAt}`);
  for (const name of unreachable(machine)) fault(`$.States.${name}`, 'cannot be reached');
}

/** The states that a state may lead to, with the field that says so. */
function targets(state: State): [string, string][] {
  if (state.Type === 'Choice') {
    const rules = state.Choices.map((rule, at): [string, string] => [`Choices[${at}].Next`, rule.Next]);
    return state.Default === undefined ? rules : [...rules, ['Default', state.Default]];
  }
  const next: [string, string][] = state.Next === undefined ? [] : [['Next', state.Next]];
  if (state.Type === 'Wait') return next;
  return [
    ...next,
    ...state.Catch.map((catcher, at): [string, string] => [`Catch[${at}].Next`, catcher.Next]),
  ];
}

function checkTask(task: Extract<State, { Type: 'Task' }>, path: string, fault: Fault): void {
  // AWS would wait for 99,999,999 s: more than three years. Nothing of ours means to.
  if ((task.TimeoutSeconds === undefined) === (task.TimeoutSecondsPath === undefined)) {
    fault(path, 'must have either TimeoutSeconds or TimeoutSecondsPath');
  }
  const passesToken = Object.values(task.Parameters.Payload).includes('$$.Task.Token');
  if (waitsForToken(task) !== passesToken) {
    fault(
      `${path}.Parameters.Payload`,
      'must pass $$.Task.Token where the state waits for it, and only there',
    );
  }
  checkErrors(task.Retry, `${path}.Retry`, fault);
  checkErrors(task.Catch, `${path}.Catch`, fault);
  task.Retry.forEach((retrier, at) => {
    if (retrier.MaxDelaySeconds !== undefined && retrier.MaxDelaySeconds <= retrier.IntervalSeconds) {
      fault(`${path}.Retry[${at}].MaxDelaySeconds`, 'must be more than IntervalSeconds');
    }
  });
}

function checkErrors(list: (Retrier | Catcher)[], path: string, fault: Fault): void {
  list.forEach(({ ErrorEquals }, at) => {
    const all = ErrorEquals.includes('States.ALL');
    if (all && (ErrorEquals.length > 1 || at < list.length - 1)) {
      fault(`${path}[${at}].ErrorEquals`, 'States.ALL must stand alone, and last');
    }
  });
}

function unreachable(machine: Machine): string[] {
  const reached = new Set<string>();
  const open = [machine.StartAt];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const state = machine.States[name];
    if (state === undefined || reached.has(name)) continue;
    reached.add(name);
    open.push(...targets(state).map(([, target]) => target));
  }
  return Object.keys(machine.States).filter((name) => !reached.has(name));
}
