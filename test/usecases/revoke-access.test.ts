/** Where revocation happens: from any status, by any number of callers, with nothing but what the grant itself knows. */
import { describe, expect, it } from 'vitest';
import type { Grant } from '../../shared/model/grant.ts';
import { grantAccess } from '../../shared/usecases/grant-access.ts';
import { loadConfig } from '../../shared/usecases/load-config.ts';
import { revokeAccess } from '../../shared/usecases/revoke-access.ts';
import { approve, revoke } from '../support/acting.ts';
import { theSystem } from '../support/builders.ts';
import { checkInvariants, eventsOf } from '../support/check-invariants.ts';
import { createWorld, somePeople, type World, type WorldOptions } from '../support/world.ts';

const take = (world: World, { id }: Pick<Grant, 'id'>, step?: { grantFailed: unknown }) =>
  revokeAccess(world.ports, { grantId: id, ...(step && { step }) });
const settling = { name: 'Settling' };
const lagging = { name: 'TargetLagging' };

/** An active grant in a world in which nothing runs by itself. */
async function active(options: WorldOptions = {}, permission = 'read') {
  const world = await createWorld({ deaf: true, ...options });
  const grant = await world.ask(permission, 60);
  await grantAccess(world.ports, { grantId: grant.id });
  return { world, grant };
}

describe('a revoke', () => {
  it('R5 removes, reads back, and only then says revoked, with the evidence', async () => {
    const { world, grant } = await active();
    await world.clock.advance(60);
    expect(await take(world, grant)).toMatchObject({ status: 'revoked' });
    expect(await world.grant(grant.id)).toMatchObject({
      wanted: { cause: 'expired', by: { kind: 'system' } },
      outcome: 'revoked',
      evidence: { present: false, heldBy: [], facts: { artefact: world.artefactOf(grant) } },
    });
    expect(world.target.calls.map(({ verb }) => verb).slice(-2)).toEqual(['revoke', 'inspect']);
    await checkInvariants(world, { ended: true });
  });

  it('is not due a moment before the end, for anybody', async () => {
    const { world, grant } = await active();
    await world.clock.advance(59.999);
    await expect(take(world, grant)).rejects.toMatchObject({ name: 'NotDue' });
    await expect(take(world, grant, { grantFailed: {} })).rejects.toMatchObject({ name: 'NotDue' });
    await checkInvariants(world);
  });

  it.each(['write', 'read'])('is not due before anything was touched (%s)', async (permission) => {
    const world = await createWorld({ deaf: true });
    await expect(take(world, await world.ask(permission, 60))).rejects.toMatchObject({ name: 'NotDue' });
  });

  it('of a grant that is being made is due when its making failed, or can never end any more', async () => {
    const world = await createWorld({ deaf: true });
    world.target.fault('grant', { kind: 'fails-after' }, 2);
    const grants = [await world.ask('read', 60), await world.ask('read', 60)] as const;
    for (const { id } of grants) await grantAccess(world.ports, { grantId: id }).catch(() => {});
    await expect(take(world, grants[0])).rejects.toMatchObject({ name: 'NotDue' });
    await world.clock.advance(15);
    expect(await take(world, grants[0], { grantFailed: {} })).toMatchObject({ status: 'failed' });
    await world.clock.advance(70);
    expect(await take(world, grants[1])).toMatchObject({ status: 'failed' });
    await checkInvariants(world, { ended: true });
  });

  it('R4 of what is revoked already is a success without effect', async () => {
    const { world, grant } = await active();
    await world.clock.advance(60);
    await take(world, grant);
    const { calls } = world.target;
    const before = calls.length;
    for (let times = 0; times < 3; times++)
      expect(await take(world, grant)).toMatchObject({ status: 'revoked' });
    expect(calls.length).toBe(before);
  });

  it('P10 needs no directory, no flow and no configuration any more: what they were called is stored', async () => {
    const people = [...somePeople];
    const { world, grant } = await active({ people });
    people.length = 0;
    await world.restart();
    await loadConfig(world.ports, { flows: [], integrations: [] }, theSystem());
    await world.clock.advance(60);
    expect(await take(world, grant)).toMatchObject({ status: 'revoked' });
    expect(await world.grant(grant.id)).toMatchObject({
      names: { integration: 'Orders database', resource: 'Orders', flow: 'Read orders' },
      grantee: { name: 'Ana' },
    });
  });
});

describe('R7 many at once', () => {
  it('make one removal: the others observe', async () => {
    const { world, grant } = await active();
    await world.clock.advance(60);
    world.target.fault('revoke', { kind: 'slow', seconds: 2 });
    const all = Promise.allSettled(Array.from({ length: 8 }, () => take(world, grant)));
    await world.clock.advance(3);
    const answers = await all;
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const answer of answers)
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject(settling);
    expect(world.target.calls.filter(({ verb }) => verb === 'revoke')).toHaveLength(1);
    expect((await eventsOf(world, grant.id)).filter(({ type }) => type === 'AccessRevoked')).toHaveLength(1);
  });

  it('take over from one that died, when its limit is over', async () => {
    const { world, grant } = await active();
    await world.clock.advance(60);
    await world.restart((_, name) => (name === 'revoke' ? 'after' : undefined));
    void take(world, grant);
    await world.clock.advance(1);
    await world.restart();
    await expect(take(world, grant)).rejects.toMatchObject(settling);
    await world.clock.advance(10);
    expect(await take(world, grant)).toMatchObject({ status: 'revoked' });
  });
});

describe('P6 a call that may still land', () => {
  it.each(['credentials', 'extend', 'grant'] as const)(
    'of %s is waited for, and the removal done again',
    async (verb) => {
      const world = await createWorld({ deaf: true });
      const { issueCredentials } = await import('../../shared/usecases/issue-credentials.ts');
      const { extendAccess } = await import('../../shared/usecases/extend-access.ts');
      const grant = await world.ask('read', 60);
      const late = { kind: 'lands-late', seconds: 8 } as const;
      const asked = { by: world.person('ana'), grantId: grant.id, durationSeconds: 30, reason: 'more' };
      if (verb === 'grant') world.target.fault('grant', late);
      await grantAccess(world.ports, asked).catch(() => {});
      world.target.fault(verb, late);
      if (verb === 'credentials') await issueCredentials(world.ports, asked).catch(() => {});
      if (verb === 'extend') await extendAccess(world.ports, asked).catch(() => {});
      await revoke(world, 'ana', grant);
      await expect(take(world, grant)).rejects.toMatchObject(settling);
      expect(await world.grant(grant.id)).toMatchObject({
        status: 'revoking',
        dueAt: '2026-11-24T12:00:10.000Z',
      });
      await world.clock.advance(9.999);
      await expect(take(world, grant)).rejects.toMatchObject(settling);
      await world.clock.advance(0.001);
      expect(await take(world, grant)).toMatchObject({ status: 'revoked' });
      await checkInvariants(world, { ended: true });
    },
  );
});

describe('R6 a target whose reads lag', () => {
  it('is read absent twice, its settling time apart', async () => {
    const { world, grant } = await active({ target: { settleSeconds: 15 } });
    await revoke(world, 'ana', grant);
    await expect(take(world, grant)).rejects.toMatchObject(lagging);
    expect(await world.grant(grant.id)).toMatchObject({
      absentAt: '2026-11-24T12:00:00.000Z',
      dueAt: '2026-11-24T12:00:15.000Z',
    });
    await world.clock.advance(14);
    await expect(take(world, grant)).rejects.toMatchObject(lagging);
    await world.clock.advance(1);
    expect(await take(world, grant)).toMatchObject({ status: 'revoked' });
  });

  it('begins anew when it was read present, or could not be read, in between', async () => {
    const { world, grant } = await active({ target: { settleSeconds: 15 } });
    await revoke(world, 'ana', grant);
    await expect(take(world, grant)).rejects.toMatchObject(lagging);
    world.target.fault('inspect', { kind: 'fails' });
    await world.clock.advance(14);
    await expect(take(world, grant)).rejects.toMatchObject({ name: 'TargetUnavailable' });
    await world.clock.advance(1);
    await expect(take(world, grant)).rejects.toMatchObject(lagging);
  });
});

describe('a failure', () => {
  it('is on record with its code, and never with the status of an end', async () => {
    const { world, grant } = await active({}, 'read');
    await revoke(world, 'ana', grant);
    world.target.revoke = () => Promise.reject(new Error('socket hang up'));
    await expect(take(world, grant)).rejects.toMatchObject({ name: 'TargetUnavailable' });
    const { status, lastError } = await world.grant(grant.id);
    expect({ status, lastError }).toMatchObject({
      status: 'revoking',
      lastError: { code: 'TargetUnavailable', effective: false },
    });
    expect((await eventsOf(world, grant.id)).at(-1)).toMatchObject({
      type: 'RevokeAttemptFailed',
      cause: 'self',
    });
  });

  it('R1 for want of anybody who serves the target is said like any other, and ends when somebody does', async () => {
    const { world, grant } = await active();
    const { connectors } = world.ports;
    world.ports.connectors = {};
    await world.clock.advance(63);
    await world.reconcile();
    expect(await world.grant(grant.id)).toMatchObject({
      status: 'revoke_failed',
      lastError: { code: 'TargetRefused' },
    });
    await world.clock.advance(18);
    await world.reconcile();
    expect(await world.grant(grant.id)).toMatchObject({ status: 'revoke_failed', attempts: 2 });
    world.ports.connectors = connectors;
    await world.clock.advance(40);
    await world.reconcile();
    await checkInvariants(world, { ended: true });
  });

  it('before anything was touched ends the grant as failed', async () => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('write', 60);
    await approve(world, 'dora', grant);
    expect(await take(world, grant, { grantFailed: {} })).toMatchObject({ status: 'failed' });
    expect(world.target.calls).toEqual([]);
  });
});
