/** Putting a configuration into the table: versions, what left it, and who loaded it. */
import { describe, expect, it } from 'vitest';
import { openSqliteTable } from '../../local/sqlite-table.ts';
import { currentFlows, integrations } from '../../shared/lifecycle/load.ts';
import type { Flow } from '../../shared/model/flow.ts';
import { loadConfig } from '../../shared/usecases/load-config.ts';
import { aFlow, anIntegration, theSystem } from '../support/builders.ts';
import { eventsOf } from '../support/check-invariants.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

function begin() {
  const ports = { table: openSqliteTable(':memory:'), clock: createVirtualClock() };
  const load = (flows: Flow[], places = [anIntegration()]) =>
    loadConfig(ports, { flows, integrations: places }, theSystem('deploy'));
  return { ports, load };
}

const read = aFlow();
const write = aFlow({ id: 'orders-write' });

describe('a configuration', () => {
  it('is what new requests are matched against, in its order', async () => {
    const { ports, load } = begin();
    expect(await load([write, read])).toEqual(['orders-write', 'orders-read']);
    expect((await currentFlows(ports)).map(({ flow, version }) => `${flow.id}@${version}`)).toEqual([
      'orders-write@1',
      'orders-read@1',
    ]);
    expect((await integrations(ports)).map(({ id }) => id)).toEqual(['orders-db']);
  });

  it('loaded again unchanged changes nothing', async () => {
    const { ports, load } = begin();
    await load([read, write]);
    expect(await load([read, write])).toEqual([]);
    expect(await eventsOf(ports, 'flow:orders-read')).toHaveLength(1);
  });

  it('A7 that changes a flow makes a new version of it, and keeps the old one', async () => {
    const { ports, load } = begin();
    await load([read, write]);
    const longer = { ...read, lifetime: { default: 60, max: 120, rules: [] } };
    expect(await load([longer, write])).toEqual(['orders-read']);
    expect((await currentFlows(ports)).map(({ version }) => version)).toEqual([2, 1]);
    const old = await ports.table.get<{ flow: Flow }>({ pk: 'FLOW#orders-read', sk: 'VERSION#000001' });
    expect(old?.data.flow.lifetime.max).toBe(3600);
  });

  it('that moves, adds or takes out a flow makes no new version of the others', async () => {
    const { ports, load } = begin();
    await load([read, write]);
    expect(await load([write, read])).toEqual([]);
    expect((await currentFlows(ports)).map(({ flow }) => flow.id)).toEqual(['orders-write', 'orders-read']);
    expect(await load([read])).toEqual(['orders-write']);
    expect((await currentFlows(ports)).map(({ version }) => version)).toEqual([1]);
    const moves = await eventsOf(ports, 'flow-order');
    expect(moves.map(({ actor, details }) => [actor.id, details['flows']])).toEqual([
      ['deploy', ['orders-read', 'orders-write']],
      ['deploy', ['orders-write', 'orders-read']],
      ['deploy', ['orders-read']],
    ]);
  });

  it('S4 says who loaded what: each flow’s events are a chain', async () => {
    const { ports, load } = begin();
    await load([read]);
    await load([{ ...read, name: 'Reading' }]);
    await load([]);
    await load([read]);
    const events = await eventsOf(ports, 'flow:orders-read');
    expect(events.map(({ type, actor, after }) => `${type} ${actor.id} ${after}`)).toEqual([
      'FlowLoaded deploy flow:orders-read@1',
      'FlowLoaded deploy flow:orders-read@2',
      'FlowLoaded deploy removed',
      'FlowLoaded deploy flow:orders-read@4',
    ]);
    const hashes = events.map(({ prevHash }) => prevHash);
    expect(new Set(hashes).size).toBe(4);
  });

  it('S4 says who changed an integration, and when it left', async () => {
    const { ports, load } = begin();
    await load([read]);
    await load([read], []);
    const events = await eventsOf(ports, 'integration:orders-db');
    expect(events.map(({ type, after }) => `${type} ${after}`)).toEqual([
      'IntegrationLoaded integration:orders-db@1',
      'IntegrationLoaded removed',
    ]);
  });

  it('P10 that names an integration no longer still serves it: grants there must end', async () => {
    const { ports, load } = begin();
    await load([read]);
    await load([read], []);
    expect(await integrations(ports)).toEqual([]);
    const kept = await ports.table.get({ pk: 'CONFIG', sk: 'INTEGRATION#orders-db' });
    expect(kept?.data).toMatchObject({ removed: true, integration: { id: 'orders-db' } });
  });

  it('in another order is followed in that order', async () => {
    const { ports, load } = begin();
    await load([read, write]);
    await load([write, read]);
    expect((await currentFlows(ports)).map(({ flow }) => flow.id)).toEqual(['orders-write', 'orders-read']);
  });

  it('of hundreds of flows is loaded whole, again and again', async () => {
    const { ports, load } = begin();
    const many = Array.from({ length: 450 }, (_, n) => aFlow({ id: `flow-${n}` }));
    expect(await load(many)).toHaveLength(450);
    expect(await load(many)).toEqual([]);
    expect(await load(many.slice(0, 10))).toHaveLength(440);
    expect(await load(many.slice(0, 10))).toEqual([]);
    expect(await currentFlows(ports)).toHaveLength(10);
  });

  it('whose loading was cut off half way is completed by the next', async () => {
    const { ports, load } = begin();
    const { write: put } = ports.table;
    let left = 2;
    ports.table.write = (writes) => (left-- > 0 ? put(writes) : Promise.reject(new Error('no')));
    await expect(load([read, write])).rejects.toThrow('no');
    ports.table.write = put;
    await load([read, write]);
    expect(await currentFlows(ports)).toHaveLength(2);
  });
});
