/** A reconciler that has only so much time: it answers in time, whatever hangs, and what it did not get to is due again. */
import { describe, expect, it } from 'vitest';
import type { Grant } from '../../shared/model/grant.ts';
import { grantAccess } from '../../shared/usecases/grant-access.ts';
import { reconcile } from '../../shared/usecases/reconcile.ts';
import { checkInvariants } from '../support/check-invariants.ts';
import { createWorld, type World } from '../support/world.ts';

const soon = (world: World, seconds: number) => ({
  graceSeconds: 10,
  untilMs: world.clock.now() + seconds * 1000,
});

async function active(world: World, count: number): Promise<Grant[]> {
  const grants: Grant[] = [];
  for (let n = 0; n < count; n++) {
    const grant = await world.ask('read', 60);
    await grantAccess(world.ports, { grantId: grant.id });
    grants.push(grant);
  }
  return grants;
}

describe('a reconciler that has 50 s', () => {
  it('answers by then, though the target hangs; and says how late what it found is', async () => {
    const world = await createWorld({ deaf: true, target: { callSeconds: 120 } });
    await active(world, 1);
    await world.clock.advance(75);
    world.target.fault('revoke', { kind: 'hangs' });
    const begun = world.clock.now();
    const run = reconcile(world.ports, soon(world, 50));
    await world.clock.advance(49);
    expect(await Promise.race([run, Promise.resolve('still at it')])).toBe('still at it');
    await world.clock.advance(1);
    const { due, overdueSeconds } = await run;
    expect(world.clock.now() - begun).toBe(50_000);
    expect(due).toBe(1);
    expect(overdueSeconds).toBeGreaterThanOrEqual(60);
  });

  it('begins nothing in the second half of it: that is due again', async () => {
    const world = await createWorld({ deaf: true, target: { callSeconds: 30 } });
    const grants = await active(world, 10);
    await world.clock.advance(75);
    world.target.fault('revoke', { kind: 'slow', seconds: 26 }, 8);
    const run = reconcile(world.ports, soon(world, 50));
    await world.clock.advance(50);
    expect(await run).toMatchObject({ due: 10, failed: [] });
    const statuses = await Promise.all(grants.map(async ({ id }) => (await world.grant(id)).status));
    expect(statuses.filter((status) => status === 'revoked')).toHaveLength(8);
    expect(statuses.filter((status) => status === 'active')).toHaveLength(2);
    expect(await reconcile(world.ports, soon(world, 50))).toMatchObject({ due: 2, failed: [] });
    await checkInvariants(world, { ended: true });
  });

  it('looks once more, by itself, at access whose absence a target says too early', async () => {
    const world = await createWorld({ deaf: true, target: { settleSeconds: 15 } });
    const [grant] = await active(world, 1);
    await world.clock.advance(75);
    const run = reconcile(world.ports, soon(world, 50));
    await world.clock.advance(14);
    expect((await world.grant(grant!.id)).status).toBe('revoking');
    await world.clock.advance(2);
    await run;
    expect((await world.grant(grant!.id)).status).toBe('revoked');
    await checkInvariants(world, { ended: true });
  });

  it('leaves that to the next one where it has no time for it', async () => {
    const world = await createWorld({ deaf: true, target: { settleSeconds: 15 } });
    const [grant] = await active(world, 1);
    await world.clock.advance(75);
    await reconcile(world.ports, soon(world, 20));
    expect((await world.grant(grant!.id)).status).toBe('revoking');
    await world.clock.advance(26);
    await reconcile(world.ports, soon(world, 20));
    expect((await world.grant(grant!.id)).status).toBe('revoked');
  });

  it('is done at once where there is nothing to do, and leaves no timer behind', async () => {
    const world = await createWorld({ deaf: true });
    const before = world.clock.pending();
    expect(await reconcile(world.ports, soon(world, 50))).toEqual({ due: 0, failed: [], overdueSeconds: 0 });
    expect(world.clock.pending()).toBe(before);
  });

  it('says how late a revoke is that failed, though it is not due again yet', async () => {
    const world = await createWorld({ deaf: true });
    const [grant] = await active(world, 1);
    await world.clock.advance(75);
    world.target.fault('revoke', { kind: 'fails' });
    await reconcile(world.ports, soon(world, 50));
    expect((await world.grant(grant!.id)).status).toBe('revoke_failed');
    await world.clock.advance(5);
    const { due, overdueSeconds } = await reconcile(world.ports, soon(world, 50));
    expect({ due, overdueSeconds }).toEqual({ due: 0, overdueSeconds: 20 });
    await world.clock.advance(30);
    await reconcile(world.ports, soon(world, 50));
    expect(await reconcile(world.ports, soon(world, 50))).toEqual({ due: 0, failed: [], overdueSeconds: 0 });
  });
});
