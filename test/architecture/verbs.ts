/** One verb, one name: a state of the workflow, its function, its use case, its test and its event are found by one word. */

export interface Tree {
  /** The Task states of statemachines/grant.asl.json with the function that each calls. */
  tasks: { state: string; verb: string }[];
  /** Every file of the repository. */
  files: string[];
  /** Verbs that have an event: the keys of `eventOf`. */
  verbs: string[];
}

/** Use cases that only read: they change nothing, so they have no event. */
const reads = /^(list|get|find|explain|check|show)-/;

/** What is missing, one sentence each. */
export function verbFaults({ tasks, files, verbs }: Tree): string[] {
  const usecases = files.flatMap((file) => /^shared\/usecases\/([^/]+)\.ts$/.exec(file)?.[1] ?? []);
  const need = (who: string, ...wanted: string[]) =>
    wanted.filter((file) => !files.includes(file)).map((file) => `${who} has no ${file}`);
  const faults = [
    ...tasks.flatMap(({ state, verb }) => [
      ...need(`the state ${state}`, `functions/${verb}/handler.ts`, `shared/usecases/${verb}.ts`),
      ...(kebab(state) === verb ? [] : [`the state ${state} calls ${verb}: they should be one word`]),
      ...(verbs.includes(verb) ? [] : [`the state ${state} has no event: add ${verb} to eventOf`]),
    ]),
    ...usecases.flatMap((verb) => need(`the use case ${verb}`, `test/usecases/${verb}.test.ts`)),
    ...usecases
      .filter((verb) => !verbs.includes(verb) && !reads.test(verb))
      .map((verb) => `the use case ${verb} has no event: add it to eventOf, or name it after what it reads`),
    ...verbs.flatMap((verb) => need(`the event of ${verb}`, `shared/usecases/${verb}.ts`)),
  ];
  return [...new Set(faults)];
}

/** The Task states of a machine. A state calls its function by a substitution: `${GrantAccessArn}` is `grant-access`. */
export function tasksOf(machine: unknown): Tree['tasks'] {
  const { States: states } = machine as { States: Record<string, State> };
  return Object.entries(states)
    .filter(([, state]) => state.Type === 'Task')
    .map(([state, { Parameters: parameters }]) => ({
      state,
      verb: kebab(/^\$\{(\w+)Arn\}$/.exec(parameters?.FunctionName ?? '')?.[1] ?? `${state}Unnamed`),
    }));
}

interface State {
  Type: string;
  Parameters?: { FunctionName?: string };
}

function kebab(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}
