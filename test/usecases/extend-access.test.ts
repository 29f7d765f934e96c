/** Making a grant longer: within what its flow allows, and never against an end that somebody wants. */
import { describe, expect, it } from 'vitest';
import type { Flow } from '../../shared/model/flow.ts';
import { extendAccess } from '../../shared/usecases/extend-access.ts';
import { grantAccess } from '../../shared/usecases/grant-access.ts';
import { revokeAccess } from '../../shared/usecases/revoke-access.ts';
import { approve, extend, revoke } from '../support/acting.ts';
import { aFlow } from '../support/builders.ts';
import { checkInvariants, eventsOf } from '../support/check-invariants.ts';
import { createWorld, type World } from '../support/world.ts';

async function active(seconds = 60, flows?: Flow[]) {
  const world = await createWorld({ deaf: true, ...(flows && { flows }) });
  const grant = await world.ask('read', seconds);
  if (grant.status === 'pending') await approve(world, 'dora', grant);
  await grantAccess(world.ports, { grantId: grant.id });
  return { world, grant };
}

const endOf = async (world: World, { id }: { id: string }) =>
  ((await world.grant(id)) as { expiresAt: string }).expiresAt;
const conflict = { code: 'StateConflict' };

describe('an extension', () => {
  it('moves our end and the target’s, and says from when to when, by whom and why', async () => {
    const { world, grant } = await active();
    await extend(world, 'ana', grant, 120);
    expect(await endOf(world, grant)).toBe('2026-11-24T12:03:00.000Z');
    expect(world.target.present.get(world.artefactOf(grant))?.end).toBe(
      Date.parse('2026-11-24T12:04:00.000Z'),
    );
    expect((await eventsOf(world, grant.id)).at(-1)).toMatchObject({
      type: 'AccessExtended',
      actor: { id: 'ana' },
      reason: 'more',
      details: { from: '2026-11-24T12:01:00.000Z', to: '2026-11-24T12:03:00.000Z' },
    });
    await checkInvariants(world);
  });

  it('R8 stays within the longest duration from activation, in all', async () => {
    const { world, grant } = await active(3000);
    await extend(world, 'ana', grant, 500);
    await expect(extend(world, 'ana', grant, 101)).rejects.toMatchObject({
      code: 'Refused',
      details: { rule: 'flow:orders-read lifetime' },
    });
    await extend(world, 'ana', grant, 100);
    await expect(extend(world, 'ana', grant, 1)).rejects.toMatchObject({ code: 'Refused' });
  });

  it('R8 of an approved grant needs a new request beyond what its flow allows unasked', async () => {
    const approval = { anyOf: [{ group: 'data-owners' }] };
    const none = await active(60, [aFlow({ approval })]);
    await expect(extend(none.world, 'ana', none.grant, 1)).rejects.toMatchObject({ code: 'Refused' });
    const some = await active(60, [aFlow({ approval, extendWithoutApproval: 30, extendCutoff: 1 })]);
    await extend(some.world, 'ana', some.grant, 20);
    await expect(extend(some.world, 'ana', some.grant, 11)).rejects.toMatchObject({
      details: { rule: 'flow:orders-read extendWithoutApproval' },
    });
    await extend(some.world, 'ana', some.grant, 10);
  });

  it('R8 too close to the end is refused, and so is one after it', async () => {
    const { world, grant } = await active(60, [aFlow()]);
    await world.clock.advance(30.001);
    await expect(extend(world, 'ana', grant, 60)).rejects.toMatchObject(conflict);
    await world.clock.advance(30);
    await expect(extend(world, 'ana', grant, 60)).rejects.toMatchObject(conflict);
  });

  it.each([0, -60, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e12])(
    'by %d seconds is refused',
    async (seconds) => {
      const { world, grant } = await active();
      await expect(extend(world, 'ana', grant, seconds)).rejects.toMatchObject({ code: 'Refused' });
      expect(await endOf(world, grant)).toBe('2026-11-24T12:01:00.000Z');
    },
  );

  it.each([
    ['adam', 'Forbidden'],
    ['otto', 'Forbidden'],
    ['ben', 'NotFound'],
  ])('by %s is %s', async (by, code) => {
    const { world, grant } = await active();
    await expect(extend(world, by, grant, 60)).rejects.toMatchObject({ code });
  });
});

describe('A8 an extension asked for again', () => {
  const again = (world: World, { id }: { id: string }, bodyHash = 'h') =>
    extendAccess(world.ports, {
      by: world.person('ana'),
      grantId: id,
      durationSeconds: 60,
      reason: 'more',
      idempotency: { key: 'k', bodyHash },
    });

  it('with the same key is made once', async () => {
    const { world, grant } = await active();
    for (let times = 0; times < 3; times++) await again(world, grant);
    expect(await endOf(world, grant)).toBe('2026-11-24T12:02:00.000Z');
    await expect(again(world, grant, 'other')).rejects.toMatchObject({ code: 'IdempotencyMismatch' });
  });

  it('at one moment is made once', async () => {
    const { world, grant } = await active();
    world.target.fault('extend', { kind: 'slow', seconds: 2 });
    const answers = Promise.all(Array.from({ length: 6 }, () => again(world, grant)));
    await world.clock.advance(3);
    const ends = (await answers).map((answer) => answer.grant.status === 'active' && answer.grant.expiresAt);
    expect(new Set(ends)).toEqual(new Set(['2026-11-24T12:02:00.000Z']));
    expect(await endOf(world, grant)).toBe('2026-11-24T12:02:00.000Z');
    await checkInvariants(world);
  });

  it('after its answer was lost is made', async () => {
    const { world, grant } = await active();
    world.target.fault('extend', { kind: 'fails-after' });
    await expect(again(world, grant)).rejects.toMatchObject({ code: 'TargetUnavailable' });
    await world.clock.advance(10);
    await again(world, grant);
    expect(await endOf(world, grant)).toBe('2026-11-24T12:02:00.000Z');
  });
});

describe('R8 an extension racing an end', () => {
  it('that is wanted is refused, before any call', async () => {
    const { world, grant } = await active();
    await revoke(world, 'ana', grant);
    await expect(extend(world, 'ana', grant, 60)).rejects.toMatchObject(conflict);
    expect(world.target.calls.filter(({ verb }) => verb === 'extend')).toEqual([]);
  });

  it('that is wanted during its call is not committed', async () => {
    const { world, grant } = await active();
    const { extend: move } = world.target;
    world.target.extend = async (...call) => {
      await revoke(world, 'ana', grant);
      return move(...call);
    };
    await expect(extend(world, 'ana', grant, 60)).rejects.toMatchObject(conflict);
    expect(await world.grant(grant.id)).toMatchObject({
      status: 'active',
      extendedSeconds: 0,
      lease: { calls: [] },
    });
    expect(await revokeAccess(world.ports, { grantId: grant.id })).toMatchObject({ status: 'revoked' });
    await checkInvariants(world, { ended: true });
  });

  it('that came by itself during its call brings nothing back', async () => {
    const { world, grant } = await active();
    await world.clock.advance(55);
    world.target.fault('extend', { kind: 'slow', seconds: 6 });
    const extending = extend(world, 'ana', grant, 60).catch((error: unknown) => error);
    await world.clock.advance(5);
    await expect(revokeAccess(world.ports, { grantId: grant.id })).rejects.toMatchObject({
      name: 'Settling',
    });
    await world.clock.advance(1);
    expect(await extending).toMatchObject({ code: expect.stringMatching(/StateConflict|TargetRefused/) });
    expect(await revokeAccess(world.ports, { grantId: grant.id })).toMatchObject({ status: 'revoked' });
    await checkInvariants(world, { ended: true });
  });

  it('of an artefact that is gone at the target creates nothing', async () => {
    const { world, grant } = await active();
    world.target.present.clear();
    await expect(extend(world, 'ana', grant, 60)).rejects.toMatchObject({ code: 'TargetRefused' });
    expect(world.target.present.size).toBe(0);
    expect(await world.grant(grant.id)).toMatchObject({
      status: 'active',
      extendedSeconds: 0,
      lease: { calls: [] },
    });
  });

  it('and another extension at one moment: one of them waits its turn', async () => {
    const { world, grant } = await active();
    const both = await Promise.allSettled([extend(world, 'ana', grant, 60), extend(world, 'ana', grant, 60)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await endOf(world, grant)).toBe('2026-11-24T12:02:00.000Z');
  });
});
