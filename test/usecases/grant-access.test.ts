/** Putting access in place: the order of record and effect, and what it does where it is not wanted any more. */
import { describe, expect, it } from 'vitest';
import { grantAccess } from '../../shared/usecases/grant-access.ts';
import type { Grant } from '../../shared/model/grant.ts';
import { loadConfig } from '../../shared/usecases/load-config.ts';
import { revoke } from '../support/acting.ts';
import { anIntegration, aPerson, theSystem } from '../support/builders.ts';
import { checkInvariants, eventsOf } from '../support/check-invariants.ts';
import { createWorld, someFlows, somePeople, type World } from '../support/world.ts';

const give = (world: World, { id }: Grant) => grantAccess(world.ports, { grantId: id });

/** What is on record at the moment of the grant call, and what `meanwhile` does then. */
async function during(
  world: World,
  grant: Grant,
  meanwhile: () => Promise<unknown> = async () => {},
): Promise<Grant> {
  const { grant: put } = world.target;
  let seen: Grant | undefined;
  world.target.grant = async (...call) => {
    seen = await world.grant(grant.id);
    await meanwhile();
    return put(...call);
  };
  await give(world, grant);
  world.target.grant = put;
  if (!seen) throw new Error('no grant call');
  return seen;
}

describe('P1 before the first call', () => {
  it('intent, receipt, end and lease are on record', async () => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('read', 60);
    const before = await during(world, grant);
    expect(before).toMatchObject({
      status: 'granting',
      receipt: { artefact: world.artefactOf(grant), shared: false },
      expiresBy: '2026-11-24T12:01:10.000Z',
      lease: { number: 1, calls: [{ kind: 'grant', until: '2026-11-24T12:00:10.000Z' }] },
    });
    expect((await eventsOf(world, grant.id)).map(({ type }) => type)).toEqual([
      'RequestSubmitted',
      'GrantIntended',
      'AccessGranted',
    ]);
  });

  it('the target is told an end of its own, later than ours', async () => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('read', 60);
    await give(world, grant);
    const { expiresBy } = (await world.grant(grant.id)) as Extract<Grant, { status: 'active' }>;
    expect(world.target.present.get(world.artefactOf(grant))?.end).toBe(Date.parse(expiresBy) + 60_000);
  });
});

describe('P3 when it is wanted ended', () => {
  it('before the call: nothing is called', async () => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('read', 60);
    world.target.fault('grant', { kind: 'fails' });
    await give(world, grant).catch(() => {});
    await revoke(world, 'ana', grant);
    world.target.calls.length = 0;
    expect(await give(world, grant)).toMatchObject({ status: 'revoking' });
    expect(world.target.calls).toEqual([]);
  });

  it('during the call: it never becomes active', async () => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('read', 60);
    await during(world, grant, () => revoke(world, 'ana', grant));
    expect(await world.grant(grant.id)).toMatchObject({ status: 'granting', lease: { calls: [] } });
    expect((await eventsOf(world, grant.id)).map(({ after }) => after)).not.toContain('active');
    await world.clock.advance(3);
    await world.reconcile();
    await checkInvariants(world, { ended: true });
  });
});

describe('A7 what restricts is asked again at activation', () => {
  it('a grantee who left gets nothing', async () => {
    const people = [...somePeople];
    const world = await createWorld({ deaf: true, people });
    const grant = await world.ask('read', 60);
    people[0] = aPerson('ana', { active: false });
    await world.restart();
    expect(await give(world, grant)).toMatchObject({ status: 'cancelled' });
    expect(await world.grant(grant.id)).toMatchObject({ wanted: { cause: 'offboarded' } });
    expect(world.target.calls).toEqual([]);
  });

  it('also when they left after the first try', async () => {
    const people = [...somePeople];
    const world = await createWorld({ deaf: true, people });
    const grant = await world.ask('read', 60);
    world.target.fault('grant', { kind: 'fails-after' });
    await give(world, grant).catch(() => {});
    people.shift();
    await world.restart();
    await world.clock.advance(11);
    expect(await give(world, grant)).toMatchObject({ status: 'revoking' });
    await world.clock.advance(3);
    await world.reconcile();
    await checkInvariants(world, { ended: true });
    expect(await world.grant(grant.id)).toMatchObject({ status: 'revoked', wanted: { cause: 'offboarded' } });
  });
});

describe('A7 a flow that allows less by now', () => {
  const withMaximum = (max: number) =>
    someFlows.map((flow) => ({ ...flow, lifetime: { default: 60, max, rules: [] } }));

  it.each([
    [600, 600],
    [7200, 3000],
  ])('to %i s at most gives %i s of the 3000 s that were asked for', async (max, seconds) => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('read', 3000);
    await loadConfig(world.ports, { flows: withMaximum(max), integrations: [anIntegration()] }, theSystem());
    expect(await give(world, grant)).toMatchObject({ status: 'active', waitSeconds: seconds });
    const allowed = Math.min(max, 3600);
    expect(await world.grant(grant.id)).toMatchObject({ lifetimeSeconds: seconds, maxSeconds: allowed });
  });

  it('and is gone altogether leaves the version that was asked by', async () => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('read', 3000);
    await loadConfig(world.ports, { flows: [], integrations: [] }, theSystem());
    expect(await give(world, grant)).toMatchObject({ status: 'active', waitSeconds: 3000 });
  });
});

describe('one call at a time', () => {
  it('makes the second of two at once wait, and grants once', async () => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('read', 60);
    world.target.fault('grant', { kind: 'slow', seconds: 3 });
    const first = give(world, grant);
    await world.clock.advance(1);
    await expect(give(world, grant)).rejects.toMatchObject({ code: 'Conflict' });
    await world.clock.advance(3);
    expect(await first).toMatchObject({ status: 'active' });
    expect(world.target.calls.filter(({ verb }) => verb === 'grant')).toHaveLength(1);
  });

  it('of which one hung is over when its limit is', async () => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('read', 60);
    world.target.fault('grant', { kind: 'hangs' });
    const first = give(world, grant).catch((error: unknown) => error);
    await world.clock.advance(10);
    expect(await first).toMatchObject({ code: 'TargetUnavailable' });
    expect(await give(world, grant)).toMatchObject({ status: 'active' });
  });
});

describe('P5 the receipt', () => {
  it('is prepared once, and the same at each try', async () => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('read', 60);
    world.target.fault('grant', { kind: 'fails' }, 3);
    for (let tries = 0; tries < 3; tries++) await give(world, grant).catch(() => {});
    await give(world, grant);
    expect(world.target.calls.filter(({ verb }) => verb === 'prepare')).toHaveLength(1);
    const receipts = (await eventsOf(world, grant.id))
      .filter(({ type }) => type === 'GrantIntended')
      .map(({ details }) => details['receipt']);
    expect(new Set(receipts.map((receipt) => JSON.stringify(receipt))).size).toBe(1);
  });
});

describe('in any other status', () => {
  it('it answers where the grant stands, and calls nothing', async () => {
    const world = await createWorld({ deaf: true });
    const pending = await world.ask('write', 60);
    expect(await give(world, pending)).toMatchObject({ status: 'pending', waitSeconds: 86_400 });
    const grant = await world.ask('read', 60);
    await give(world, grant);
    await world.clock.advance(20);
    expect(await give(world, grant)).toMatchObject({
      status: 'active',
      waitSeconds: 40,
      until: '2026-11-24T12:01:00.000Z',
    });
    expect(world.target.calls.filter(({ verb }) => verb === 'grant')).toHaveLength(1);
  });

  it('an unknown grant is not found', async () => {
    await expect(grantAccess((await createWorld()).ports, { grantId: 'gr_no' })).rejects.toMatchObject({
      code: 'NotFound',
    });
  });
});
