/** What use cases need from the world. `local/` wires it on one machine, `shared/aws/` in the cloud. */
import type { Connector } from './connectors/contract.ts';
import type { Integration, RightGroups } from './model/config.ts';
import type { GrantStatus } from './model/grant.ts';
import type { IndexEntry, IndexName, Key } from './model/keys.ts';
import type { Person } from './model/person.ts';

/** One versioned item. `data` is the model's own shape; `index` says where it is found besides its key. */
export interface Item<T = unknown> extends Key {
  version: number;
  kind: string;
  index: Partial<Record<IndexName, IndexEntry>>;
  data: T;
}

/** `version` of an item put is set by the engine: the expected one + 1. */
export type Write =
  | { put: Omit<Item, 'version'>; expect: number | 'absent' }
  | { delete: Key; expect: number }
  | { check: Key; expect: number | 'absent' };

export interface Query {
  /** Left out: the items of one `pk`, in the order of `sk`. */
  index?: IndexName;
  partition: string;
  /** Ranges from (inclusive) and to (exclusive). */
  from?: string;
  to?: string;
  reverse?: boolean;
  /** 1 to 200. */
  limit: number;
  /** Opaque, from `next` of the page before. */
  cursor?: string;
}

/** The only storage port. Reads by key are strong; reads by index may lag. */
export interface Table {
  get<T>(key: Key): Promise<Item<T> | undefined>;
  query<T>(query: Query): Promise<{ items: Item<T>[]; next?: string }>;
  /** All or nothing, 1 to 100 items, each key once. Throws `Conflict` when an expectation does not hold; nothing is written then. */
  write(writes: Write[]): Promise<void>;
}

/** Input, results and callbacks of the workflow alike. `until` is the instant the seconds were counted from. */
export interface Step {
  schema: 1;
  grantId: string;
  status: GrantStatus;
  waitSeconds: number;
  until?: string;
}

/** Executions of statemachines/grant.asl.json. */
export interface Workflow {
  /** Starts `name`; one that is there already is success. */
  start(name: string, input: Step): Promise<void>;
  /** Hands a step to the wait that holds the token. False when no such wait is left. */
  wake(token: string, step: Step): Promise<boolean>;
}

export interface Directory {
  person(id: string): Promise<Person | undefined>;
  /** By verified e-mail, compared without case. */
  byEmail(email: string): Promise<Person | undefined>;
  members(group: string): Promise<Person[]>;
  /** Whose manager this person is. */
  reports(personId: string): Promise<Person[]>;
  rights(): RightGroups;
}

export interface Secrets {
  /** The secret's text. Throws `TargetUnavailable` when there is none. */
  get(name: string): Promise<string>;
}

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves at or after that time; never early, and any number of days ahead. An abort resolves it at once. */
  sleepUntil(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Ids {
  /** Lower-case, sortable by time, at most 26 characters of [a-z0-9]. */
  next(): string;
}

/** How many calls may run against one target at once. One that runs a single call per process lets everybody in. */
export interface Lanes {
  /** Waits for a place; the answer gives it back. What ends access goes first. Throws `Throttled`. */
  enter(integrationId: string, urgent: boolean): Promise<() => void>;
}

/** An integration with the connector that serves it. */
export interface Target {
  connector: Connector;
  integration: Integration;
}

export interface Ports {
  table: Table;
  workflow: Workflow;
  directory: Directory;
  secrets: Secrets;
  clock: Clock;
  ids: Ids;
  lanes: Lanes;
  /** Connectors by the kind of integration they serve. */
  connectors: Partial<Record<Integration['kind'], Connector>>;
  installation: string;
}
