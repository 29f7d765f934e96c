/** Open grants from the index of what is due: the only list of them that there is, whatever their status. */
import { type Grant } from '../model/grant.ts';
import { dueShards, partitions } from '../model/keys.ts';
import type { Ports } from '../ports.ts';
import { loadGrant } from './load.ts';

/**
 * Ids of open grants due before `before` (an instant; all when left out), earliest first within each shard. The index may
 * lag: read each grant by its key before acting on it.
 */
export async function dueGrantIds(
  ports: Pick<Ports, 'table'>,
  before: string | undefined,
  mostPerShard: number,
): Promise<string[]> {
  const shards = await Promise.all(
    Array.from({ length: dueShards }, (_, shard) =>
      readShard(ports, partitions.due(shard), before, mostPerShard),
    ),
  );
  return shards
    .flat()
    .toSorted((a, b) => (a.range < b.range ? -1 : 1))
    .map((entry) => entry.id);
}

/** Every open grant, read strongly, one after another; but for those that cannot be read, which the reconciler reports. */
export async function* openGrants(ports: Pick<Ports, 'table'>): AsyncGenerator<Grant> {
  for (const id of await dueGrantIds(ports, undefined, Number.POSITIVE_INFINITY)) {
    const grant = await loadGrant(ports, id).catch(() => undefined);
    if (grant) yield grant;
  }
}

async function readShard(
  ports: Pick<Ports, 'table'>,
  partition: string,
  before: string | undefined,
  most: number,
): Promise<{ range: string; id: string }[]> {
  const found: { range: string; id: string }[] = [];
  let cursor: string | undefined;
  do {
    const page = await ports.table.query<{ id: string; dueAt: string }>({
      index: 'due',
      partition,
      limit: Math.min(200, most - found.length),
      ...(before !== undefined && { to: before }),
      ...(cursor !== undefined && { cursor }),
    });
    found.push(...page.items.map(({ data }) => ({ range: data.dueAt, id: data.id })));
    cursor = page.next;
  } while (cursor !== undefined && found.length < most);
  return found;
}
