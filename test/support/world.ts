/** A whole Curfew in one process and in virtual time: real table, real workflow, real use cases, a fake target. */
import { readFileSync } from 'node:fs';
import { createLanes } from '../../local/lanes.ts';
import { createPeopleDirectory } from '../../shared/lifecycle/people-directory.ts';
import { openSqliteTable } from '../../local/sqlite-table.ts';
import { stateFunctions } from '../../local/state-functions.ts';
import { createLocalWorkflow, type LocalWorkflow } from '../../local/workflow/local-workflow.ts';
import { loadGrant } from '../../shared/lifecycle/load.ts';
import { openGrants } from '../../shared/lifecycle/open-grants.ts';
import { stepOf } from '../../shared/lifecycle/step.ts';
import type { Flow } from '../../shared/model/flow.ts';
import type { Grant } from '../../shared/model/grant.ts';
import type { Person } from '../../shared/model/person.ts';
import type { Ports, Table } from '../../shared/ports.ts';
import { loadConfig } from '../../shared/usecases/load-config.ts';
import { reconcile } from '../../shared/usecases/reconcile.ts';
import { releaseLeases } from '../../shared/usecases/release-leases.ts';
import { submitRequest } from '../../shared/usecases/submit-request.ts';
import { aFlow, anIntegration, aPerson, theSystem } from './builders.ts';
import { createFakeTarget, type FakeTarget, type FakeTargetOptions } from './fake-target.ts';
import { createLife, type Life, mortalConnector, mortalTable } from './mortal.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

const definition: unknown = JSON.parse(
  readFileSync(new URL('../../statemachines/grant.asl.json', import.meta.url), 'utf8'),
);

export interface World {
  /** Those of the process that lives now. */
  ports: Ports;
  clock: VirtualClock;
  target: FakeTarget;
  workflow: LocalWorkflow;
  life: Life;
  /** The table itself: whoever died, it is there, and its indexes never lag. */
  table: Table;
  /** States that executions entered, in order, over all restarts. */
  visited: { execution: string; state: string }[];
  /** Executions that ended badly. */
  failures: string[];
  /** No executions run in the processes that begin from now on. */
  deaf: boolean;
  /** Functions of the workflow, by name, that throw before they do anything: so many times. */
  breaks: Map<string, number>;
  person(id: string): Person;
  /** Asks for orders-db/orders/<permission> and answers with the grant as it was made. */
  ask(permission: string, seconds?: number, by?: string): Promise<Grant>;
  grant(id: string): Promise<Grant>;
  reconcile(): ReturnType<typeof reconcile>;
  /** The process dies, and another begins with the same table and the same target. Reconciling is left to the test, or `reconcileEvery`. */
  restart(diesAt?: Life['diesAt']): Promise<void>;
  /** The artefact of a grant's own at the target. */
  artefactOf(grant: { id: string }): string;
}

export interface WorldOptions {
  target?: FakeTargetOptions;
  flows?: Flow[];
  people?: Person[];
  wrap?: (table: Table) => Table;
  /** An empty one. Left out: SQLite in memory. */
  table?: Table;
  /** No executions run: what drives is the reconciler, or the test. */
  deaf?: boolean;
  /** Seconds between runs of the reconciler. Left out: it runs when the test says so. */
  reconcileEvery?: number;
  /** When the first process dies. */
  diesAt?: Life['diesAt'];
}

const logins = (id: string) => ({ logins: { 'orders-db': id } });
export const somePeople: Person[] = [
  aPerson('ana', { manager: 'mia', groups: ['engineers'], ...logins('ana') }),
  aPerson('ben', { manager: 'mia', groups: ['engineers'], ...logins('ben') }),
  aPerson('dora', { groups: ['data-owners'] }),
  aPerson('dan', { groups: ['data-owners'] }),
  aPerson('sam', { groups: ['security'] }),
  aPerson('mia'),
  aPerson('adam', { groups: ['admins'] }),
  aPerson('otto', { groups: ['auditors'] }),
];

const match = (permission: string) => [{ integration: 'orders-db', resource: 'orders', permission }];
export const someFlows: Flow[] = [
  aFlow({ id: 'orders-read', entitlements: match('read'), extendCutoff: 2 }),
  aFlow({
    id: 'orders-write',
    entitlements: match('write'),
    approval: { anyOf: [{ group: 'data-owners' }, { manager: true }] },
  }),
  aFlow({
    id: 'orders-admin',
    entitlements: match('admin'),
    approval: { allOf: [{ group: 'data-owners' }, { group: 'security' }] },
  }),
  aFlow({
    id: 'orders-oncall',
    entitlements: match('oncall'),
    lifetime: { default: 900, max: 43_200, rules: [] },
  }),
];

/** Resolves when the first process runs. A process that `diesAt` an effect counts from there. */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const clock = createVirtualClock('2026-11-24T12:00:00.000Z');
  const table = options.table ?? openSqliteTable(':memory:');
  const people = options.people ?? somePeople;
  const boot = createBoot(options, table, clock, people);
  const world: World = {
    ports: undefined as never,
    workflow: undefined as never,
    life: createLife(),
    clock,
    table,
    target: createFakeTarget(clock, options.target),
    visited: [],
    failures: [],
    deaf: options.deaf ?? false,
    breaks: new Map(),
    person: (id) => people.find((person) => person.id === id) ?? aPerson(id),
    ask: (permission, seconds, by = 'ana') => ask(world, permission, seconds, by),
    async grant(id) {
      const grant = await loadGrant({ table }, id);
      if (!grant) throw new Error(`no grant ${id}`);
      return grant;
    },
    reconcile: () => reconcile(world.ports, { graceSeconds: 2 }),
    async restart(diesAt) {
      world.life.end();
      await world.workflow.stop({ withinSeconds: 0 });
      await boot(world, diesAt);
    },
    artefactOf: ({ id }) => `curfew_test_${id}`,
  };
  const flows = options.flows ?? someFlows;
  await loadConfig({ table, clock }, { flows, integrations: [anIntegration()] }, theSystem());
  await boot(world, options.diesAt);
  return world;
}

async function ask(
  world: World,
  permission: string,
  durationSeconds: number | undefined,
  by: string,
): Promise<Grant> {
  const entitlements = [{ integration: 'orders-db', resource: 'orders', permission }];
  const reason = 'OPS-1 looking';
  const asked = { by: world.person(by), channel: 'http' as const, entitlements, durationSeconds, reason };
  const made = await submitRequest(world.ports, asked);
  if (made.dryRun || !made.grants[0]) throw new Error('no grant was made');
  return made.grants[0];
}

/** Begins a process, as local/runtime.ts does: leases that are proven dead are released, then what is open is started. */
function createBoot(options: WorldOptions, table: Table, clock: VirtualClock, people: Person[]) {
  const rights = { admin: 'admins', responder: 'responders', auditor: 'auditors' };
  const seen = (options.wrap ?? ((same) => same))(table);
  let count = 0;
  return async (world: World, diesAt?: Life['diesAt']): Promise<void> => {
    const life = createLife(diesAt);
    const ports: Ports = {
      table: mortalTable(seen, life),
      clock,
      directory: createPeopleDirectory(people, rights),
      secrets: { get: async () => 'unused' },
      ids: { next: () => String(++count).padStart(6, '0') },
      lanes: createLanes(clock),
      connectors: { postgresql: mortalConnector(world.target, life, clock) },
      installation: 'test',
      workflow: undefined as never,
    };
    const workflow = createWorkflow(world, ports, clock);
    ports.workflow = world.deaf ? { start: async () => {}, wake: async () => false } : workflow;
    Object.assign(world, { ports, life, workflow });
    const resuming = resume(world, ports);
    if (diesAt === undefined) await resuming;
    if (options.reconcileEvery !== undefined)
      void keepReconciling(world, ports, life, options.reconcileEvery);
  };
}

function createWorkflow(world: World, ports: Ports, clock: VirtualClock): LocalWorkflow {
  return createLocalWorkflow({
    definition,
    functions: breakable(stateFunctions(ports), world.breaks),
    clock,
    random: () => 0.5,
    onEntered: (execution, state) => world.visited.push({ execution, state }),
    onFailed: (name, _, error) => world.failures.push(`${name}: ${error.name}`),
  });
}

function breakable(functions: ReturnType<typeof stateFunctions>, breaks: World['breaks']): typeof functions {
  const wrapped = Object.entries(functions).map(([name, run]): [string, typeof run] => [
    name,
    async (payload) => {
      const left = breaks.get(name) ?? 0;
      if (left <= 0) return run(payload);
      breaks.set(name, left - 1);
      throw new Error(`${name} is broken`);
    },
  ]);
  return Object.fromEntries(wrapped);
}

async function resume({ clock }: World, ports: Ports): Promise<void> {
  await releaseLeases(ports);
  for await (const grant of openGrants(ports))
    await ports.workflow.start(grant.id, stepOf(grant, clock.now()));
}

async function keepReconciling({ clock }: World, ports: Ports, life: Life, seconds: number): Promise<void> {
  const underway = new Set<string>();
  while (!life.dead) {
    await clock.sleepUntil(clock.now() + seconds * 1000);
    if (!life.dead) void reconcile(ports, { graceSeconds: 2, underway });
  }
}
