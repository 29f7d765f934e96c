/** What goes wrong while access is given: whatever it is, the grant works in the end or nothing of it is left. */
import { describe, expect, it } from 'vitest';
import { grantAccess } from '../../shared/usecases/grant-access.ts';
import { revokeAccess } from '../../shared/usecases/revoke-access.ts';
import { allEnds, becomes, isActive, revoke } from '../support/acting.ts';
import { checkInvariants, eventsOf } from '../support/check-invariants.ts';
import { createWorld } from '../support/world.ts';

const failed = { status: 'failed', wanted: { cause: 'grant_failed' } };

describe('a grant call', () => {
  it('that throws two errors which may pass works at the third try', async () => {
    const world = await createWorld();
    world.target.fault('grant', { kind: 'fails' });
    world.target.fault('grant', { kind: 'fails', code: 'Throttled' });
    const grant = await world.ask('read', 60);
    const active = await becomes(world, grant, 'active', 20);
    expect(active).toMatchObject({ attempts: 0, lease: { number: 3, calls: [] } });
    expect(active.lastError).toBeUndefined();
    await allEnds(world, 65);
  });

  it('P5 that fails for good is undone, and called failed', async () => {
    const world = await createWorld();
    world.target.fault('grant', { kind: 'fails', code: 'TargetRefused' });
    const grant = await world.ask('read', 60);
    await allEnds(world, 2);
    expect(await world.grant(grant.id)).toMatchObject({
      ...failed,
      found: false,
      evidence: { present: false },
    });
  });

  it('P5 that fails as often as it is tried is undone, and called failed', async () => {
    const world = await createWorld();
    world.target.fault('grant', { kind: 'fails' }, 20);
    const grant = await world.ask('read', 60);
    await allEnds(world, 200);
    expect(await world.grant(grant.id)).toMatchObject(failed);
  });

  it('P5 that throws after its effect each time leaves nothing', async () => {
    const world = await createWorld();
    world.target.fault('grant', { kind: 'fails-after' }, 20);
    const grant = await world.ask('read', 60);
    await allEnds(world, 300);
    expect(await world.grant(grant.id)).toMatchObject({ ...failed, found: true });
  });

  it('P5 that threw after its effect, and finds it there at the next try, is the same grant', async () => {
    const world = await createWorld();
    world.target.fault('grant', { kind: 'fails-after' });
    const grant = await world.ask('read', 60);
    await becomes(world, grant, 'active', 20);
    await allEnds(world, 65);
    expect(await world.grant(grant.id)).toMatchObject({ status: 'revoked', outcome: 'revoked' });
  });

  it('that never answers is given up after its limit, as often as it is tried', async () => {
    const world = await createWorld();
    world.target.fault('grant', { kind: 'hangs' }, 20);
    const grant = await world.ask('read', 60);
    await allEnds(world, 400);
    expect(await world.grant(grant.id)).toMatchObject(failed);
  });

  it('P7 whose access cannot be read back is not called active', async () => {
    const world = await createWorld();
    world.target.fault('inspect', { kind: 'reads-absent' }, 3);
    const grant = await world.ask('read', 60);
    await world.clock.advance(1);
    expect((await world.grant(grant.id)).status).toBe('granting');
    await becomes(world, grant, 'active', 60);
    await allEnds(world, 65);
  });

  it('P6 that lands after the revoke read back is undone before the grant is called revoked', async () => {
    const world = await createWorld();
    world.target.fault('grant', { kind: 'lands-late', seconds: 8 });
    const grant = await world.ask('read', 600);
    await becomes(world, grant, 'granting', 1);
    await revoke(world, 'ana', grant);
    const { closedAt, lease } = await becomes(world, grant, 'revoked', 40);
    expect(lease.calls).toEqual([]);
    expect(Date.parse(closedAt)).toBeGreaterThanOrEqual(world.target.history.at(-1)?.at ?? 0);
    expect(world.target.history.map((change) => change.present)).toEqual([true, false]);
    await allEnds(world, 60);
  });

  it('P6 that is still running when the revoke comes takes back what it did', async () => {
    const world = await createWorld();
    world.target.fault('grant', { kind: 'slow', seconds: 6 });
    const grant = await world.ask('read', 600);
    await becomes(world, grant, 'granting', 1);
    await revoke(world, 'ana', grant);
    await expect(revokeAccess(world.ports, { grantId: grant.id })).rejects.toMatchObject({
      code: 'Settling',
    });
    await becomes(world, grant, 'revoked', 40);
    expect((await eventsOf(world, grant.id)).map((event) => event.type)).toContain('CallReturned');
    await allEnds(world, 60);
  });

  it('P6 that lands after its workflow gave it up for good is waited for', async () => {
    const world = await createWorld();
    world.target.fault('grant', { kind: 'lands-late', seconds: 9 }, 7);
    const grant = await world.ask('read', 600);
    await becomes(world, grant, 'failed', 200);
    await checkInvariants(world, { ended: true });
    await allEnds(world, 20);
  });

  it('P7 however slow it and its preparing are, the whole lifetime is given from activation on', async () => {
    const world = await createWorld();
    world.target.fault('prepare', { kind: 'slow', seconds: 9 });
    world.target.fault('grant', { kind: 'slow', seconds: 9 });
    const grant = await world.ask('read', 20);
    const { activatedAt, expiresAt } = await becomes(world, grant, 'active', 30);
    expect(Date.parse(expiresAt) - Date.parse(activatedAt)).toBe(20_000);
    await allEnds(world, 22);
  });

  it('whose answer was lost after `active` was recorded is not made again', async () => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('read', 60);
    await grantAccess(world.ports, { grantId: grant.id });
    const step = await grantAccess(world.ports, { grantId: grant.id });
    expect(step).toMatchObject({ status: 'active', waitSeconds: 60 });
    expect(world.target.calls.filter(({ verb }) => verb === 'grant')).toHaveLength(1);
  });
});

describe('preparing', () => {
  it('that is refused for good ends the grant, with nothing touched and nothing to revoke', async () => {
    const world = await createWorld();
    world.target.fault('prepare', { kind: 'fails', code: 'TargetRefused' });
    const grant = await world.ask('read', 60);
    await allEnds(world, 1);
    expect(await world.grant(grant.id)).toMatchObject({
      status: 'failed',
      lastError: { code: 'TargetRefused' },
    });
    expect(world.target.calls.map(({ verb }) => verb)).toEqual(['prepare']);
  });

  it('that may work later is tried again, then given up', async () => {
    const world = await createWorld();
    world.target.fault('prepare', { kind: 'fails' }, 2);
    const grant = await world.ask('read', 60);
    await becomes(world, grant, 'active', 20);
    await allEnds(world, 62);
    world.target.fault('prepare', { kind: 'hangs' }, 50);
    const other = await world.ask('read', 60);
    await allEnds(world, 300);
    expect(await world.grant(other.id)).toMatchObject({ status: 'failed' });
  });

  it('that nobody tries any more is begun again by the reconciler', async () => {
    const world = await createWorld({ reconcileEvery: 5 });
    world.target.fault('prepare', { kind: 'hangs' }, 50);
    const grant = await world.ask('read', 60);
    await world.clock.advance(8);
    await world.restart();
    world.target.heal();
    await becomes(world, grant, 'active', 120);
    await allEnds(world, 65);
  });
});

describe('two executions of one grant at once', () => {
  it('make one access of it, and end it once', async () => {
    const world = await createWorld();
    world.target.fault('grant', { kind: 'slow', seconds: 3 });
    const grant = await world.ask('read', 60);
    const approved = { schema: 1, grantId: grant.id, status: 'approved', waitSeconds: 0 } as const;
    await world.workflow.start(`${grant.id}-r1`, approved);
    await becomes(world, grant, 'active', 20);
    await world.clock.advance(10);
    expect(world.target.calls.filter(({ verb }) => verb === 'grant')).toHaveLength(1);
    await allEnds(world, 120);
    const ends = (await eventsOf(world, grant.id)).filter((event) => event.type === 'AccessRevoked');
    expect(ends).toHaveLength(1);
    expect(world.workflow.running()).toEqual([]);
  });

  it('that hold it both end it when one of them is woken', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 60);
    const active = { schema: 1, grantId: grant.id, status: 'active', waitSeconds: 60 } as const;
    await world.workflow.start(`${grant.id}-r1`, active);
    await world.clock.advance(1);
    await revoke(world, 'ana', grant);
    await becomes(world, grant, 'revoked', 1);
    await allEnds(world, 65);
    expect(world.workflow.running()).toEqual([]);
  });

  it('P2 of which the first is dead and its name taken: the reconciler starts another by another name', async () => {
    const world = await createWorld({ reconcileEvery: 5 });
    const { workflow } = world.ports;
    let refused = 0;
    const start: typeof workflow.start = (name, step) =>
      refused++ < 1 ? Promise.reject(new Error('no')) : workflow.start(name, step);
    world.ports.workflow = { ...workflow, start };
    const grant = await world.ask('read', 60);
    await becomes(world, grant, 'active', 60);
    expect(world.visited[0]?.execution).toBe(`${grant.id}-r1`);
    await allEnds(world, 70);
  });
});
