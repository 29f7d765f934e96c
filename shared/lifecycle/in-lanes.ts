/** Work over many things, a few at a time for each target, so that one that hangs holds up nobody else's (R12). */

/** Something to do, known by its id. */
export interface Task {
  id: string;
  /** Those of one group wait for each other. */
  group: string;
  run(): Promise<void>;
}

const lanesPerGroup = 8;

/** Runs every task; groups side by side, within a group at most 8 at once. Tasks do not throw. */
export async function inLanes(tasks: Task[]): Promise<void> {
  const groups = Map.groupBy(tasks, (task) => task.group);
  const lanes = [...groups.values()].flatMap((queue) =>
    Array.from({ length: lanesPerGroup }, () => drain(queue)),
  );
  await Promise.all(lanes);
}

async function drain(queue: Task[]): Promise<void> {
  for (let task = queue.shift(); task !== undefined; task = queue.shift()) await task.run();
}
