/** A whole Curfew in one process and in virtual time: real table, real workflow, real use cases, a fake target. */
import { readFileSync } from 'node:fs';
import { createConfigDirectory } from '../../local/config-directory.ts';
import { openSqliteTable } from '../../local/sqlite-table.ts';
import { stateFunctions } from '../../local/state-functions.ts';
import { createLocalWorkflow, type LocalWorkflow } from '../../local/workflow/local-workflow.ts';
import { loadGrant } from '../../shared/lifecycle/load.ts';
import { stepOf } from '../../shared/lifecycle/step.ts';
import { openGrants } from '../../shared/lifecycle/open-grants.ts';
import type { Flow } from '../../shared/model/flow.ts';
import type { Grant } from '../../shared/model/grant.ts';
import type { Person } from '../../shared/model/person.ts';
import type { Ports, Table } from '../../shared/ports.ts';
import { loadConfig } from '../../shared/usecases/load-config.ts';
import { reconcile } from '../../shared/usecases/reconcile.ts';
import { submitRequest } from '../../shared/usecases/submit-request.ts';
import { aFlow, anIntegration, aPerson, theSystem } from './builders.ts';
import { createFakeTarget, type FakeTarget } from './fake-target.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

const definition: unknown = JSON.parse(readFileSync(new URL('../../statemachines/grant.asl.json', import.meta.url), 'utf8'));

export interface World {
  ports: Ports;
  clock: VirtualClock;
  target: FakeTarget;
  workflow: LocalWorkflow;
  person(id: string): Person;
  /** Asks for orders-db/orders/<permission> and answers with the grant as it was made. */
  ask(permission: string, seconds?: number, by?: string): Promise<Grant>;
  grant(id: string): Promise<Grant>;
  reconcile(): ReturnType<typeof reconcile>;
  /** The process dies, and another begins with the same table and the same target. Reconciling is left to the test. */
  restart(): Promise<void>;
  /** The artefact of a grant's own at the target. */
  artefactOf(grant: { id: string }): string;
}

export interface WorldOptions {
  target?: Parameters<typeof createFakeTarget>[1];
  flows?: Flow[];
  people?: Person[];
  wrap?: (table: Table) => Table;
  /** No executions run: what drives is the reconciler, or the test. */
  deaf?: boolean;
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
  aFlow({ id: 'orders-write', entitlements: match('write'), approval: { anyOf: [{ group: 'data-owners' }, { manager: true }] } }),
  aFlow({ id: 'orders-admin', entitlements: match('admin'), approval: { allOf: [{ group: 'data-owners' }, { group: 'security' }] } }),
  aFlow({ id: 'orders-oncall', entitlements: match('oncall'), lifetime: { default: 900, max: 43_200, rules: [] } }),
];

export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const clock = createVirtualClock('2026-11-24T12:00:00.000Z');
  const target = createFakeTarget(clock, options.target);
  const table = (options.wrap ?? ((same) => same))(openSqliteTable(':memory:'));
  const people = options.people ?? somePeople;
  const rights = { admin: 'admins', responder: 'responders', auditor: 'auditors' };
  let count = 0;
  const ports: Ports = {
    table,
    clock,
    directory: createConfigDirectory({ people, rights }),
    secrets: { get: async () => 'unused' },
    ids: { next: () => String(++count).padStart(6, '0') },
    connectors: { postgresql: target },
    installation: 'test',
    workflow: undefined as never,
  };
  const world: World = {
    ports,
    clock,
    target,
    workflow: undefined as never,
    person: (id) => people.find((person) => person.id === id) ?? aPerson(id),
    ask: async (permission, seconds, by = 'ana') => {
      const entitlements = [{ integration: 'orders-db', resource: 'orders', permission }];
      const made = await submitRequest(ports, { by: world.person(by), channel: 'http', entitlements, durationSeconds: seconds, reason: 'OPS-1 looking' });
      if (made.dryRun || !made.grants[0]) throw new Error('no grant was made');
      return made.grants[0];
    },
    grant: async (id) => {
      const grant = await loadGrant(ports, id);
      if (!grant) throw new Error(`no grant ${id}`);
      return grant;
    },
    reconcile: () => reconcile(ports, { graceSeconds: 2 }),
    restart: async () => {
      await world.workflow?.stop({ withinSeconds: 0 });
      world.workflow = createLocalWorkflow({ definition, functions: stateFunctions(ports), clock, random: () => 0.5 });
      ports.workflow = options.deaf ? { start: async () => {}, wake: async () => false } : world.workflow;
      for await (const grant of openGrants(ports)) await ports.workflow.start(grant.id, stepOf(grant, clock.now()));
    },
    artefactOf: ({ id }) => `curfew_test_${id}`,
  };
  await loadConfig(ports, { flows: options.flows ?? someFlows, integrations: [anIntegration()] }, theSystem());
  await world.restart();
  return world;
}
