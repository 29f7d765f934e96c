/** The guarantee behind the executions: what is due is driven from here, one grant's trouble being nobody else's. */
import { describe, expect, it } from 'vitest';
import { Grant } from '../../shared/model/grant.ts';
import { keys } from '../../shared/model/keys.ts';
import { grantAccess } from '../../shared/usecases/grant-access.ts';
import { loadConfig } from '../../shared/usecases/load-config.ts';
import { reconcile } from '../../shared/usecases/reconcile.ts';
import { submitRequest } from '../../shared/usecases/submit-request.ts';
import { approve, becomes, revoke } from '../support/acting.ts';
import { aFlow, anIntegration, theSystem } from '../support/builders.ts';
import { checkInvariants, eventsOf } from '../support/check-invariants.ts';
import { type LaggingTable, withLaggingIndexes } from '../support/lagging-table.ts';
import { createWorld, someFlows, type World } from '../support/world.ts';

const run = (world: World) => world.reconcile();

async function active(world: World, seconds: number, permission = 'read') {
  const grant = await world.ask(permission, seconds);
  await grantAccess(world.ports, { grantId: grant.id });
  return grant;
}

/** A world in which nothing runs by itself. */
const still = () => createWorld({ deaf: true });

describe('what is due', () => {
  it('R14 is ended: what has expired, what is wanted, what was being revoked, what failed', async () => {
    const world = await still();
    const grants = [];
    for (let n = 0; n < 4; n++) grants.push(await active(world, 60));
    await revoke(world, 'ana', grants[1] as Grant);
    await world.clock.advance(63);
    const { due, failed, overdueSeconds } = await run(world);
    expect({ due, failed }).toEqual({ due: 4, failed: [] });
    expect(overdueSeconds).toBe(63);
    await checkInvariants(world, { ended: true });
    expect(await run(world)).toEqual({ due: 0, failed: [], overdueSeconds: 0 });
  });

  it('is nothing that has time left, and nothing that others are at just now', async () => {
    const world = await still();
    const grant = await active(world, 60);
    await world.clock.advance(59);
    expect(await run(world)).toMatchObject({ due: 0 });
    expect((await world.grant(grant.id)).status).toBe('active');
  });

  it('P2 is begun again under another name, when nobody began it', async () => {
    const world = await createWorld();
    const { workflow } = world.ports;
    world.ports.workflow = { ...workflow, start: () => Promise.reject(new Error('no')) };
    const grant = await world.ask('read', 60);
    world.ports.workflow = workflow;
    await world.clock.advance(40);
    await run(world);
    await becomes(world, grant, 'active', 1);
    expect((await eventsOf(world, grant.id)).map(({ type }) => type)).toContain('ExecutionRestarted');
    expect(world.visited.every(({ execution }) => execution === `${grant.id}-r1`)).toBe(true);
  });

  it('is a request past its deadline, and an approval that nobody heard of', async () => {
    const world = await still();
    const late = await world.ask('write', 60);
    await world.clock.advance(86_300);
    const approved = await world.ask('write', 60);
    await approve(world, 'dora', approved);
    await world.clock.advance(120);
    await run(world);
    expect((await world.grant(late.id)).status).toBe('timed_out');
    expect(await world.grant(approved.id)).toMatchObject({ status: 'approved', executions: 1 });
  });

  it('C1 a grant that is being made is not disturbed', async () => {
    const world = await createWorld({ reconcileEvery: 1 });
    world.target.fault('prepare', { kind: 'slow', seconds: 9 });
    world.target.fault('grant', { kind: 'slow', seconds: 9 });
    const grant = await world.ask('read', 60);
    await becomes(world, grant, 'active', 30);
    expect(await world.grant(grant.id)).toMatchObject({ executions: 0, attempts: 0 });
  });

  it('R7 run by two reconcilers and the execution at once is done once', async () => {
    const world = await createWorld();
    const grant = await world.ask('read', 60);
    await world.clock.advance(63);
    await Promise.all([run(world), run(world)]);
    await checkInvariants(world, { ended: true });
    expect((await eventsOf(world, grant.id)).filter(({ type }) => type === 'AccessRevoked')).toHaveLength(1);
  });

  it('is found by an index that lags, and done by what the grant itself says', async () => {
    let lagging: LaggingTable | undefined;
    const wrap = (table: World['table']) => (lagging = withLaggingIndexes(table, { behindWrites: 0 }));
    const world = await createWorld({ deaf: true, wrap });
    const grant = await active(world, 60);
    lagging?.lagBehind(Number.POSITIVE_INFINITY);
    const { extend } = await import('../support/acting.ts');
    await extend(world, 'ana', grant, 600);
    await world.clock.advance(63);
    expect(await run(world)).toMatchObject({ due: 1, failed: [] });
    expect((await world.grant(grant.id)).status).toBe('active');
  });
});

describe('R1 a revoke that fails here', () => {
  it('is recorded as failed, reported, and tried again when it is due', async () => {
    const world = await still();
    const grant = await active(world, 60);
    world.target.fault('revoke', { kind: 'fails' });
    await world.clock.advance(63);
    expect((await run(world)).failed).toMatchObject([
      { id: grant.id, error: expect.stringContaining('TargetUnavailable') },
    ]);
    expect((await world.grant(grant.id)).status).toBe('revoke_failed');
    await world.clock.advance(18);
    await run(world);
    await checkInvariants(world, { ended: true });
  });
});

describe('R12 one poisoned', () => {
  it('grant that cannot be read does not keep the others from their end', async () => {
    const world = await still();
    const bad = await active(world, 60);
    const good = await active(world, 60);
    const item = await world.table.get<object>(keys.grant(bad.id));
    if (!item) throw new Error('no item');
    const { version, ...put } = item;
    await world.table.write([{ put: { ...put, data: { ...put.data, schema: 99 } }, expect: version }]);
    await world.clock.advance(63);
    expect((await run(world)).failed).toMatchObject([{ id: bad.id }]);
    expect((await world.grant(good.id)).status).toBe('revoked');
    await world.restart();
  });

  it('target that answers nobody does not keep another’s grants from their end', async () => {
    const flows = [aFlow({ entitlements: [{}], extendCutoff: 1 })];
    const world = await createWorld({ deaf: true, flows, reconcileEvery: 1 });
    const integrations = ['slow-db', 'orders-db'].map((id) => anIntegration({ id }));
    await loadConfig(world.ports, { flows, integrations }, theSystem());
    const ask = async (integration: string, durationSeconds: number) => {
      const entitlements = [{ integration, resource: 'orders', permission: 'read' }];
      const made = await submitRequest(world.ports, {
        by: world.person('ana'),
        channel: 'http',
        entitlements,
        durationSeconds,
        reason: 'OPS-1',
      });
      if (made.dryRun) throw new Error();
      const grant = Grant.parse(made.grants[0]);
      await grantAccess(world.ports, { grantId: grant.id });
      return grant;
    };
    for (let n = 0; n < 100; n++) await ask('slow-db', 20);
    const good = await ask('orders-db', 40);
    world.target.down.add('slow-db');
    await becomes(world, good, 'revoked', 50);
    world.target.heal();
    await world.clock.advance(1000);
    await checkInvariants(world, { ended: true });
  });
});

describe('the grace', () => {
  it('leaves what has just become due to the executions', async () => {
    const world = await still();
    const grant = await active(world, 60);
    await world.clock.advance(61);
    expect(await run(world)).toMatchObject({ due: 0 });
    expect(await reconcile(world.ports, { graceSeconds: 0 })).toMatchObject({ due: 1 });
    expect((await world.grant(grant.id)).status).toBe('revoked');
    expect(someFlows.length).toBeGreaterThan(0);
  });
});
