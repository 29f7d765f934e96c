/** The life of a grant from request to end, in virtual time, through the real state machine and the real table. */
import { describe, expect, it } from 'vitest';
import { toMs } from '../../shared/model/time.ts';
import { askRevoke } from '../../shared/usecases/ask-revoke.ts';
import { cancelRequest } from '../../shared/usecases/cancel-request.ts';
import { decideRequest } from '../../shared/usecases/decide-request.ts';
import { extendAccess } from '../../shared/usecases/extend-access.ts';
import type { Grant } from '../../shared/model/grant.ts';
import { createWorld, type World } from '../support/world.ts';

async function becomes(
  world: World,
  id: string,
  status: Grant['status'],
  withinSeconds = 60,
): Promise<Grant> {
  await world.clock.runUntil(async () => (await world.grant(id)).status === status, { withinSeconds });
  return world.grant(id);
}

const decide = (world: World, by: string, grant: Grant, decision: 'approve' | 'reject' = 'approve') =>
  decideRequest(world.ports, { by: world.person(by), requestId: grant.requestId, decision });

describe('a grant that is approved automatically', () => {
  it('is active at once, has access, and ends by itself, not before its time', async () => {
    const world = await createWorld();
    const { id } = await world.ask('read', 20);
    const active = await becomes(world, id, 'active', 1);
    expect(world.target.hasAccess(world.artefactOf({ id }))).toBe(true);
    if (active.status !== 'active') throw new Error();
    expect(toMs(active.expiresAt) - toMs(active.activatedAt)).toBe(20_000);
    await world.clock.advance(19);
    expect((await world.grant(id)).status).toBe('active');
    const ended = await becomes(world, id, 'revoked', 2);
    expect(ended).toMatchObject({
      wanted: { cause: 'expired' },
      outcome: 'revoked',
      evidence: { present: false },
    });
    expect(world.target.hasAccess(world.artefactOf({ id }))).toBe(false);
    await world.clock.advance(1);
    expect(world.workflow.running()).toEqual([]);
  });

  it('lives for 30 days where its flow says so', async () => {
    const { someFlows } = await import('../support/world.ts');
    const flow = someFlows[0]!;
    const month = 30 * 86_400;
    const world = await createWorld({
      flows: [{ ...flow, lifetime: { default: month, max: month, rules: [] } }],
    });
    const { id } = await world.ask('read');
    await world.clock.advance(month - 60);
    expect((await world.grant(id)).status).toBe('active');
    await becomes(world, id, 'revoked', 62);
  });
});

describe('a grant that needs approval', () => {
  it('waits, is approved by one of those who may, and expires', async () => {
    const world = await createWorld();
    const grant = await world.ask('write', 60);
    await world.clock.advance(5);
    expect((await world.grant(grant.id)).status).toBe('pending');
    await decide(world, 'dora', grant);
    await becomes(world, grant.id, 'active', 1);
    await becomes(world, grant.id, 'revoked', 62);
  });

  it('is rejected for good by one rejection', async () => {
    const world = await createWorld();
    const grant = await world.ask('admin', 60);
    await decide(world, 'dora', grant);
    await decide(world, 'sam', grant, 'reject');
    await world.clock.advance(1);
    expect(await world.grant(grant.id)).toMatchObject({ status: 'rejected' });
    await expect(decide(world, 'dan', grant)).rejects.toMatchObject({ code: 'StateConflict' });
    expect(world.target.calls).toEqual([]);
    expect(world.workflow.running()).toEqual([]);
  });

  it('needs one distinct person for each group of allOf', async () => {
    const world = await createWorld();
    const grant = await world.ask('admin', 60);
    const first = await decide(world, 'dora', grant);
    expect(first.results).toMatchObject([{ outcome: 'recorded' }]);
    await expect(decide(world, 'dan', grant)).rejects.toMatchObject({
      code: 'StateConflict',
      message: expect.stringContaining('Dora'),
    });
    const second = await decide(world, 'sam', grant);
    expect(second.results).toMatchObject([{ outcome: 'approved' }]);
    await becomes(world, grant.id, 'active', 1);
  });

  it('makes one decision of two approvals at once', async () => {
    const world = await createWorld();
    const grant = await world.ask('write', 60);
    const both = await Promise.allSettled([decide(world, 'dora', grant), decide(world, 'mia', grant)]);
    expect(both.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect((await world.grant(grant.id)).decisions).toHaveLength(1);
  });

  it('times out when nobody decides, and a late approval is refused', async () => {
    const world = await createWorld();
    const grant = await world.ask('write', 60);
    await becomes(world, grant.id, 'timed_out', 86_410);
    await expect(decide(world, 'dora', grant)).rejects.toMatchObject({ code: 'StateConflict' });
    expect(world.target.calls).toEqual([]);
  });

  it('is cancelled by its requester, and never touches the target', async () => {
    const world = await createWorld();
    const grant = await world.ask('write', 60);
    await cancelRequest(world.ports, { by: world.person('ana'), requestId: grant.requestId });
    await world.clock.advance(1);
    expect(await world.grant(grant.id)).toMatchObject({
      status: 'cancelled',
      wanted: { cause: 'cancelled' },
    });
    expect(world.workflow.running()).toEqual([]);
    expect(world.target.calls).toEqual([]);
  });

  it('is nobody’s to approve who asked for it, and not to be seen by strangers', async () => {
    const world = await createWorld();
    const grant = await world.ask('write', 60, 'dora');
    await expect(decide(world, 'dora', grant)).rejects.toMatchObject({ code: 'Forbidden' });
    await expect(decide(world, 'ben', grant)).rejects.toMatchObject({ code: 'NotFound' });
  });
});

describe('an early end', () => {
  it('comes within a second of being asked for', async () => {
    const world = await createWorld();
    const { id } = await world.ask('read', 600);
    await becomes(world, id, 'active', 1);
    await askRevoke(world.ports, { by: world.person('ana'), grantId: id, reason: 'done' });
    const ended = await becomes(world, id, 'revoked', 1);
    expect(ended).toMatchObject({ wanted: { cause: 'self', reason: 'done' } });
    expect(world.target.hasAccess(world.artefactOf({ id }))).toBe(false);
  });

  it('asked for while it is being granted takes back what the grant still did', async () => {
    const world = await createWorld();
    world.target.fault('grant', { kind: 'slow', seconds: 5 });
    const { id } = await world.ask('read', 600);
    await becomes(world, id, 'granting', 1);
    await askRevoke(world.ports, { by: world.person('adam'), grantId: id, reason: 'stop' });
    await becomes(world, id, 'revoked', 30);
    expect(await world.grant(id)).toMatchObject({ wanted: { cause: 'admin' } });
    expect(world.target.hasAccess(world.artefactOf({ id }))).toBe(false);
  });

  it('asked for at any moment of its making is not lost', async () => {
    const ends = new Set<string>();
    for (let turns = 0; turns < 60; turns++) {
      const world = await createWorld();
      const { id } = await world.ask('read', 600);
      for (let turn = 0; turn < turns; turn++) await oneTurn(turn);
      await askRevoke(world.ports, { by: world.person('ana'), grantId: id, reason: 'at once' });
      await world.clock.advance(1);
      const { status } = await world.grant(id);
      ends.add(status);
      expect(['cancelled', 'revoked']).toContain(status);
      expect(world.target.hasAccess(world.artefactOf({ id }))).toBe(false);
    }
    expect(ends.size).toBe(2);
  });
});

describe('an extension', () => {
  it('moves the end; the old timer does nothing', async () => {
    const world = await createWorld();
    const { id } = await world.ask('read', 60);
    await becomes(world, id, 'active', 1);
    await extendAccess(world.ports, {
      by: world.person('ana'),
      grantId: id,
      durationSeconds: 120,
      reason: 'more',
    });
    await world.clock.advance(150);
    expect((await world.grant(id)).status).toBe('active');
    await becomes(world, id, 'revoked', 31);
  });

  it('whose wake was lost still ends at the new time', async () => {
    const world = await createWorld();
    const { id } = await world.ask('read', 60);
    await becomes(world, id, 'active', 1);
    const { wake } = world.ports.workflow;
    world.ports.workflow.wake = async () => false;
    await extendAccess(world.ports, {
      by: world.person('ana'),
      grantId: id,
      durationSeconds: 120,
      reason: 'more',
    });
    world.ports.workflow.wake = wake;
    await world.clock.advance(150);
    expect((await world.grant(id)).status).toBe('active');
    await becomes(world, id, 'revoked', 31);
  });
});

/** Lets a little of what is under way run: a microtask, and now and then a macrotask. */
function oneTurn(turn: number): Promise<void> {
  return turn % 8 === 7 ? new Promise((resolve) => setImmediate(resolve)) : Promise.resolve();
}
