/** Work over many items, a few at a time for each target, so that one that hangs holds up nobody else's (R12). */

const lanesPerGroup = 8;

/** Runs `work` on every item; groups side by side, within a group at most 8 at once. */
export async function inLanes<T>(
  items: T[],
  groupOf: (item: T) => string,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const groups = Map.groupBy(items, groupOf);
  const lanes = [...groups.values()].flatMap((queue) =>
    Array.from({ length: lanesPerGroup }, () => drain(queue, work)),
  );
  await Promise.all(lanes);
}

async function drain<T>(queue: T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
}
