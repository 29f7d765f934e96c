/** Wanting a grant ended: legal from every status, by those it concerns, and never lost. */
import { describe, expect, it } from 'vitest';
import { grantAccess } from '../../shared/usecases/grant-access.ts';
import { revokeAccess } from '../../shared/usecases/revoke-access.ts';
import { approve, becomes, isActive, reject, revoke } from '../support/acting.ts';
import { checkInvariants, eventsOf } from '../support/check-invariants.ts';
import { createWorld, type World } from '../support/world.ts';

const asked = async (world: World, { id }: { id: string }) =>
  (await eventsOf(world, id)).filter(({ type }) => type === 'RevokeAsked');

describe('R4 a revoke is legal', () => {
  it.each(['write', 'read'])('before anything was touched: it cancels (%s)', async (permission) => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask(permission);
    const { grant: ended } = await revoke(world, 'ana', grant);
    expect(ended).toMatchObject({ status: 'cancelled', wanted: { cause: 'self' } });
    expect(await grantAccess(world.ports, { grantId: grant.id })).toMatchObject({ status: 'cancelled' });
    expect(world.target.calls).toEqual([]);
  });

  it('while it is granted, active, being revoked, and when revoking failed', async () => {
    const world = await createWorld();
    world.target.fault('grant', { kind: 'slow', seconds: 5 });
    const grant = await world.ask('read', 600);
    await becomes(world, grant, 'granting', 1);
    expect((await revoke(world, 'ana', grant)).grant).toMatchObject({
      status: 'granting',
      wanted: { cause: 'self' },
    });
    world.target.fault('revoke', { kind: 'fails' }, 1000);
    await becomes(world, grant, 'revoking', 20);
    expect(await revoke(world, 'ana', grant)).toMatchObject({ alreadyClosed: false });
    await becomes(world, grant, 'revoke_failed', 400);
    expect((await revoke(world, 'ana', grant)).grant).toMatchObject({ status: 'revoke_failed' });
    await checkInvariants(world);
  });

  it('on a closed grant: a success that changes nothing', async () => {
    const world = await createWorld();
    const grant = await world.ask('write');
    await reject(world, 'dora', grant);
    expect(await revoke(world, 'ana', grant)).toMatchObject({
      alreadyClosed: true,
      grant: { status: 'rejected' },
    });
    expect(await asked(world, grant)).toEqual([]);
  });
});

describe('who wants it ended', () => {
  it.each([
    ['ana', 'self'],
    ['dora', 'approver'],
    ['dan', 'approver'],
    ['mia', 'approver'],
    ['adam', 'admin'],
  ])('%s does so as %s', async (by, cause) => {
    const world = await createWorld();
    const grant = await world.ask('write', 600);
    await approve(world, 'dora', grant);
    await becomes(world, grant, 'active', 1);
    await revoke(world, by, grant);
    expect(await becomes(world, grant, 'revoked', 1)).toMatchObject({
      wanted: { cause, by: { id: by }, reason: 'enough' },
    });
  });

  it.each([
    ['ben', 'NotFound'],
    ['sam', 'NotFound'],
    ['otto', 'Forbidden'],
  ])('%s may not: %s', async (by, code) => {
    const world = await createWorld();
    const grant = await isActive(world, 600);
    await expect(revoke(world, by, grant)).rejects.toMatchObject({ code });
    expect((await world.grant(grant.id)).wanted).toBeUndefined();
  });

  it('R7 who comes second attaches to the first', async () => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('read', 600);
    await grantAccess(world.ports, { grantId: grant.id });
    await Promise.all(['ana', 'adam', 'ana', 'adam'].map((by) => revoke(world, by, grant)));
    expect(await world.grant(grant.id)).toMatchObject({ status: 'active', wanted: { cause: 'self' } });
    expect(await asked(world, grant)).toHaveLength(1);
  });
});

describe('R14 what is wanted', () => {
  it('is due at once, whoever hears the wake', async () => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('read', 600);
    await grantAccess(world.ports, { grantId: grant.id });
    const { grant: wanted } = await revoke(world, 'ana', grant);
    expect(wanted.dueAt).toBe(new Date(world.clock.now()).toISOString());
    await world.clock.advance(3);
    await world.reconcile();
    await checkInvariants(world, { ended: true });
  });

  it('ends it though the wake throws', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 600);
    world.ports.workflow = { ...world.ports.workflow, wake: () => Promise.reject(new Error('no')) };
    await revoke(world, 'ana', grant);
    await world.clock.advance(3);
    await world.reconcile();
    await checkInvariants(world, { ended: true });
  });

  it('before it is time needs nobody’s leave but the table’s', async () => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('read', 600);
    await grantAccess(world.ports, { grantId: grant.id });
    await expect(revokeAccess(world.ports, { grantId: grant.id })).rejects.toMatchObject({ code: 'NotDue' });
    await revoke(world, 'ana', grant);
    expect(await revokeAccess(world.ports, { grantId: grant.id })).toMatchObject({ status: 'revoked' });
  });
});
