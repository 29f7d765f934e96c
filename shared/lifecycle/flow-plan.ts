/** The plan of a flow change: what would happen to every open grant that was made with an older version of its flow. */
import { createHash } from 'node:crypto';
import { Grant } from '../model/grant.ts';
import { dueShards, partitions } from '../model/keys.ts';
import type { PlanCounts } from '../model/run.ts';
import type { Ports } from '../ports.ts';
import type { FlowChange } from '../rules/flow-change.ts';
import { createFlowJudge, type FlowJudge } from './flow-judge.ts';
import { readAllOf } from './read-all.ts';

export interface PlannedGrant {
  grant: Grant;
  /** Undefined: the flow has left the configuration. */
  toVersion: number | undefined;
  change: FlowChange;
}

export interface FlowPlan {
  counts: PlanCounts;
  /** Of what would change, and of nothing else: grants that are kept come and go without making it another plan. */
  digest: string;
  /** What ends first, then what is shortened, then what is kept; each by id. */
  items: PlannedGrant[];
}

const order = ['revoke', 'shorten', 'keep'] as const;

/** Reads only. One pass over what is open; grants that cannot be read are left out, and the reconciler reports them. */
export async function planFlowChange(ports: Pick<Ports, 'table' | 'directory' | 'clock'>): Promise<FlowPlan> {
  const judge = await createFlowJudge(ports);
  const grants = await readOlder(ports, judge);
  const items: PlannedGrant[] = [];
  for (const grant of grants) {
    const change = await judge.judge(grant);
    const present = judge.present(grant.flow.id);
    if (change && present)
      items.push({ grant, toVersion: present.removed ? undefined : present.version, change });
  }
  items.sort((a, b) => rank(a) - rank(b) || (a.grant.id < b.grant.id ? -1 : 1));
  const counts: PlanCounts = { keep: 0, shorten: 0, revoke: 0 };
  for (const { change } of items) counts[change.action]++;
  return { counts, digest: digestOf(counts, items), items };
}

/** Of 10,000 open grants most have the present version: these are not even parsed. Each id once, though an index may lag. */
async function readOlder(ports: Pick<Ports, 'table'>, judge: FlowJudge): Promise<Grant[]> {
  const shards = await Promise.all(
    Array.from({ length: dueShards }, (_, shard) =>
      readAllOf<Pick<Grant, 'flow'>>(ports, { index: 'due', partition: partitions.due(shard) }),
    ),
  );
  const older = shards
    .flat()
    .filter(({ data: { flow } }) => judge.present(flow.id)?.version !== flow.version)
    .flatMap(({ data }) => Grant.safeParse(data).data ?? []);
  return [...new Map(older.map((grant) => [grant.id, grant])).values()];
}

function rank({ change }: PlannedGrant): number {
  return order.indexOf(change.action);
}

/** `<shorten>-<revoke>-<hash>`: the counts, so that a plan that is another one now can say in what. */
function digestOf({ shorten, revoke }: PlanCounts, items: PlannedGrant[]): string {
  const hash = createHash('sha256');
  for (const { grant, toVersion, change } of items) {
    if (change.action === 'keep') continue;
    const until = change.action === 'shorten' ? change.maxSeconds : '';
    hash.update(`${grant.id} ${grant.flow.id}@${toVersion ?? 'gone'} ${change.action} ${until}\n`);
  }
  return `${shorten}-${revoke}-${hash.digest('hex').slice(0, 32)}`;
}
