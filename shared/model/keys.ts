/** Every key and index of the one table, for both engines. Access patterns: docs/data.md. */
import type { Entitlement, Selector } from './flow.ts';

export interface Key {
  pk: string;
  sk: string;
}

/** The indexes. Each is a partition and a range; a DynamoDB engine makes a global index of each. */
export const indexNames = [
  'due',
  'created',
  'grantee',
  'place',
  'flow',
  'approver',
  'waiting',
  'outbox',
] as const;
export type IndexName = (typeof indexNames)[number];
export interface IndexEntry {
  partition: string;
  range: string;
}

/** One value as a partition takes 1,000 writes a second in DynamoDB; what is due is spread over this many. */
export const dueShards = 8;

export const keys = {
  grant: (id: string): Key => ({ pk: `GRANT#${id}`, sk: 'GRANT' }),
  event: (grantId: string, seq: number): Key => ({
    pk: `GRANT#${grantId}`,
    sk: `EVENT#${String(seq).padStart(8, '0')}`,
  }),
  /** The callback token of the workflow's present wait: in an item of its own, so that no reader of grants meets it. */
  token: (grantId: string): Key => ({ pk: `GRANT#${grantId}`, sk: 'TOKEN' }),
  decision: (grantId: string, personId: string): Key => ({
    pk: `GRANT#${grantId}`,
    sk: `DECISION#${personId}`,
  }),
  waiting: (grantId: string, selector: string): Key => ({
    pk: `GRANT#${grantId}`,
    sk: `WAITING#${selector}`,
  }),
  request: (id: string): Key => ({ pk: `REQUEST#${id}`, sk: 'REQUEST' }),
  idempotency: (personId: string, route: string, keyHash: string): Key => ({
    pk: `IDEMPOTENCY#${personId}`,
    sk: `${route}#${keyHash}`,
  }),
  artefact: (integration: string, artefact: string): Key => ({ pk: `ARTEFACT#${integration}`, sk: artefact }),
  flow: (id: string): Key => ({ pk: 'CONFIG', sk: `FLOW#${id}` }),
  flowVersion: (id: string, version: number): Key => ({
    pk: `FLOW#${id}`,
    sk: `VERSION#${String(version).padStart(6, '0')}`,
  }),
  person: (id: string): Key => ({ pk: 'PEOPLE', sk: id }),
  /** The version of all people of the configuration, and the chain of events about them. */
  directory: (): Key => ({ pk: 'CONFIG', sk: 'DIRECTORY' }),
  /** Which flow is asked first, where several fit. */
  flowOrder: (): Key => ({ pk: 'CONFIG', sk: 'ORDER' }),
  integration: (id: string): Key => ({ pk: 'CONFIG', sk: `INTEGRATION#${id}` }),
  run: (id: string): Key => ({ pk: `RUN#${id}`, sk: 'RUN' }),
  /** What the run is to do, so many grants in each part. */
  runPart: (id: string, part: number): Key => ({
    pk: `RUN#${id}`,
    sk: `PART#${String(part).padStart(6, '0')}`,
  }),
  runOutcome: (id: string, grantId: string): Key => ({ pk: `RUN#${id}`, sk: `GRANT#${grantId}` }),
};

/** The partitions of each index. */
export const partitions = {
  due: (shard: number) => `DUE#${shard}`,
  /** Newest first over everything: one partition a month. */
  created: (kind: 'GRANT' | 'REQUEST', instant: string) => `${kind}#${instant.slice(0, 7)}`,
  grantee: (personId: string) => `GRANTEE#${personId}`,
  requester: (personId: string) => `REQUESTER#${personId}`,
  place: (entitlement: Pick<Entitlement, 'integration'>) => `PLACE#${entitlement.integration}`,
  flow: (flowId: string) => `FLOW#${flowId}`,
  approver: (personId: string) => `APPROVER#${personId}`,
  waiting: (selector: string) => `WAITING#${selector}`,
  outbox: (shard: number) => `OUTBOX#${shard}`,
  dirty: () => 'DIRTY',
  /** Runs that go on, in the index `due`: not among what is due of grants. */
  runs: () => 'RUNS',
};

/** The shard of an id: stable, and even over ids. */
export function shardOf(id: string, shards = dueShards): number {
  let sum = 0;
  for (const char of id) sum = (sum * 31 + char.charCodeAt(0)) >>> 0;
  return sum % shards;
}

/** A selector as a key: whose inbox a pending decision lies in. A manager is named by whose manager it is. */
export function selectorKey(selector: Selector, granteeId: string): string {
  if ('person' in selector) return `person:${selector.person}`;
  if ('group' in selector) return `group:${selector.group}`;
  return `manager-of:${granteeId}`;
}
