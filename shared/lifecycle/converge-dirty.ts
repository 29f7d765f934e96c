/** Shared artefacts that somebody left dirty: a lost lease, a crash, a call that may have landed late (P11). */
import { partitions } from '../model/keys.ts';
import { toInstant } from '../model/time.ts';
import type { Item, Ports } from '../ports.ts';
import { Artefact } from './artefact.ts';
import { converge } from './converge.ts';
import type { Task } from './in-lanes.ts';
import { livingCalls } from './lease.ts';
import { target as findTarget } from './load.ts';

/** A task for each: it converges the artefact, unless somebody is at it just now. What fails stays dirty, and is met again. */
export async function dirtyTasks(ports: Ports): Promise<Task[]> {
  const found: Item[] = [];
  let cursor: string | undefined;
  do {
    const query = { index: 'due', partition: partitions.dirty(), limit: 200 } as const;
    const page = await ports.table.query({ ...query, ...(cursor !== undefined && { cursor }) });
    found.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  return found.map((item) => {
    const group = item.pk.replace(/^ARTEFACT#/, '');
    return { id: `${group} ${item.sk}`, group, run: () => convergeOne(ports, item) };
  });
}

async function convergeOne(ports: Ports, item: Item): Promise<void> {
  const { integration, receipt, lease } = Artefact.parse(item.data);
  const now = ports.clock.now();
  if (livingCalls(lease, now).length > 0) return;
  const target = await findTarget(ports, integration);
  const until = toInstant(now + target.connector.callSeconds * 1000);
  await converge(ports, target, receipt.artefact, until);
}
