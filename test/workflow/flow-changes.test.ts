/** What a changed flow does to open grants once it is applied: when and how each of them ends, in virtual time. */
import { describe, expect, it } from 'vitest';
import type { Flow } from '../../shared/model/flow.ts';
import { extendAccess } from '../../shared/usecases/extend-access.ts';
import { grantAccess } from '../../shared/usecases/grant-access.ts';
import { approve, becomes, extend, isActive, withoutWakes } from '../support/acting.ts';
import { at } from '../support/builders.ts';
import { checkInvariants, eventsOf } from '../support/check-invariants.ts';
import { applyAll, changeFlow, endOf, removeFlow, runOf } from '../support/flow-changes.ts';
import { createWorld } from '../support/world.ts';

const short = { default: 60, max: 120, rules: [] };
const shortens: Partial<Flow> = { onChange: 'shorten', lifetime: short };
const toSecurity: Partial<Flow> = { onChange: 'revoke', requesters: [{ group: 'security' }] };

describe('a grant that is longer than its flow allows now', () => {
  it('ends when the new maximum is over, counted from its activation, and gone by then', async () => {
    const world = await createWorld();
    const { id } = await isActive(world, 600);
    await world.clock.advance(30);
    await changeFlow(world, 'orders-read', shortens);
    const runId = await applyAll(world);
    expect(await world.grant(id)).toMatchObject({
      status: 'active',
      expiresAt: at(120),
      maxSeconds: 120,
      lifetimeSeconds: 120,
      dueAt: at(120),
    });
    expect((await eventsOf(world, id)).find(({ type }) => type === 'AccessShortened')).toMatchObject({
      actor: { kind: 'person', id: 'adam' },
      cause: 'flow_changed',
      reason: 'a shorter day',
      before: 'active',
      after: 'active',
      details: { from: at(600), to: at(120), maxSeconds: 120, run: runId },
    });
    await world.clock.advance(89);
    expect((await world.grant(id)).status).toBe('active');
    await world.clock.advance(2);
    expect(await world.grant(id)).toMatchObject({ status: 'revoked', wanted: { cause: 'expired' } });
    expect(world.visited.filter(({ state }) => state === 'RevokeAccess')).toHaveLength(1);
    await checkInvariants(world, { ended: true });
  });

  it('ends at once when that is over already, and is not called late', async () => {
    const world = await createWorld();
    const { id } = await isActive(world, 600);
    await world.clock.advance(300);
    await changeFlow(world, 'orders-read', shortens);
    await applyAll(world);
    expect(endOf(await world.grant(id))).toBe(at(300));
    await becomes(world, { id }, 'revoked', 2);
    await checkInvariants(world, { ended: true });
  });

  it('R14 ends on time though nobody hears the wake', async () => {
    const world = await createWorld({ reconcileEvery: 1 });
    const { id } = await isActive(world, 600);
    await changeFlow(world, 'orders-read', shortens);
    await withoutWakes(world, () => applyAll(world));
    await world.clock.advance(119);
    expect((await world.grant(id)).status).toBe('active');
    await becomes(world, { id }, 'revoked', 5);
    await checkInvariants(world, { ended: true });
  });

  it('while it is being granted lives no longer than that once it is active', async () => {
    const world = await createWorld();
    world.target.fault('grant', { kind: 'slow', seconds: 5 });
    const grant = await world.ask('read', 600);
    await becomes(world, grant, 'granting', 1);
    await changeFlow(world, 'orders-read', shortens);
    const { outcomes } = await runOf(world, await applyAll(world));
    expect(outcomes).toEqual({ [grant.id]: 'shortened' });
    const active = await becomes(world, grant, 'active', 10);
    expect(Date.parse(active.expiresAt) - Date.parse(active.activatedAt)).toBe(120_000);
  });

  it('cannot be extended again, and not by an extension that was under way', async () => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('read', 600);
    await grantAccess(world.ports, { grantId: grant.id });
    await changeFlow(world, 'orders-read', shortens);
    const { extend: move } = world.target;
    world.target.extend = async (...call) => {
      await applyAll(world);
      return move(...call);
    };
    await expect(extend(world, 'ana', grant, 60)).rejects.toMatchObject({ code: 'StateConflict' });
    expect(endOf(await world.grant(grant.id))).toBe(at(120));
    const asked = { by: world.person('ana'), grantId: grant.id, durationSeconds: 1, reason: 'more' };
    await expect(extendAccess(world.ports, asked)).rejects.toMatchObject({ code: 'Refused' });
    await world.clock.advance(125);
    await world.reconcile();
    await checkInvariants(world, { ended: true });
  });
});

describe('a grant that its flow would not give any more', () => {
  it('is ended, with the cause, who and why', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 600);
    await changeFlow(world, 'orders-read', toSecurity);
    const runId = await applyAll(world);
    expect(await becomes(world, grant, 'revoked', 2)).toMatchObject({
      wanted: { cause: 'flow_changed', by: { id: 'adam' }, reason: 'a shorter day' },
    });
    expect((await runOf(world, runId)).outcomes).toEqual({ [grant.id]: 'revoke_asked' });
    await checkInvariants(world, { ended: true });
  });

  it('is cancelled when nothing was touched for it yet', async () => {
    const world = await createWorld();
    const grant = await world.ask('write', 600);
    await changeFlow(world, 'orders-write', toSecurity);
    await applyAll(world);
    expect(await world.grant(grant.id)).toMatchObject({
      status: 'cancelled',
      wanted: { cause: 'flow_changed', by: { id: 'adam' } },
    });
    await expect(approve(world, 'dora', grant)).rejects.toThrow();
    await checkInvariants(world, { ended: true });
  });

  it('ends with the flow that left the configuration, when that said so', async () => {
    const world = await createWorld();
    const [read, oncall] = [await isActive(world, 600), await isActive(world, 600, 'oncall')];
    await changeFlow(world, 'orders-read', { onChange: 'revoke' });
    await removeFlow(world, 'orders-read');
    await removeFlow(world, 'orders-oncall');
    await applyAll(world);
    await becomes(world, read, 'revoked', 2);
    expect((await world.grant(oncall.id)).status).toBe('active');
  });
});
