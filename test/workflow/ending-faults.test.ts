/** What goes wrong while access is taken away, or held: it may take longer, it is said, and it ends. */
import { describe, expect, it } from 'vitest';
import { issueCredentials } from '../../shared/usecases/issue-credentials.ts';
import { allEnds, approve, becomes, extend, isActive, lateness, revoke } from '../support/acting.ts';
import { checkInvariants, eventsOf } from '../support/check-invariants.ts';
import { createWorld } from '../support/world.ts';

describe('a revoke', () => {
  it('R1 that fails twice works at the third try, without alarm', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 20);
    world.target.fault('revoke', { kind: 'fails' }, 2);
    await allEnds(world, 30);
    expect((await eventsOf(world, grant.id)).map(({ type }) => type)).not.toContain('RevokeFailedRecorded');
  });

  it.each([5, 30, 600])(
    'R1 that fails for %i minutes says so, keeps trying, and ends at once when it heals',
    async (minutes) => {
      const world = await createWorld({ reconcileEvery: 60 });
      const grant = await isActive(world, 20);
      world.target.fault('revoke', { kind: 'fails' }, 100_000);
      await becomes(world, grant, 'revoke_failed', 300);
      await world.clock.advance(minutes * 60);
      expect(await world.grant(grant.id)).toMatchObject({
        status: 'revoke_failed',
        lastError: { code: 'TargetUnavailable' },
      });
      await checkInvariants(world);
      world.target.heal();
      await becomes(world, grant, 'revoked', 16 * 60);
      await allEnds(world, 20 * 60);
      expect(world.workflow.running()).toEqual([]);
    },
  );

  it('R1 R2 that fails longer than its execution lives is the reconciler’s, for ever', async () => {
    const world = await createWorld({ reconcileEvery: 900 });
    const grant = await isActive(world, 20);
    world.target.fault('revoke', { kind: 'fails' }, 1_000_000);
    await becomes(world, grant, 'revoke_failed', 300);
    await world.workflow.stop({ withinSeconds: 0 });
    await world.clock.advance(7 * 86_400);
    world.target.heal();
    await allEnds(world, 40 * 60);
  });

  it('R1 without any reconciler is the execution’s own to heal', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 20);
    world.target.fault('revoke', { kind: 'fails' }, 30);
    await becomes(world, grant, 'revoke_failed', 300);
    await allEnds(world, 3 * 3600);
  });

  it('R1 that is throttled is late, not failed', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 20);
    world.target.fault('revoke', { kind: 'fails', code: 'Throttled' }, 12);
    await allEnds(world, 20 + 12 * 60);
    expect((await eventsOf(world, grant.id)).map(({ type }) => type)).not.toContain('RevokeFailedRecorded');
  });

  it('R1 whose failure cannot be recorded either goes on all the same', async () => {
    let deaf = false;
    const world = await createWorld({
      wrap: (table) => ({
        ...table,
        write: async (writes) => {
          if (deaf && JSON.stringify(writes).includes('"revoke_failed"'))
            throw new Error('the table is away');
          return table.write(writes);
        },
      }),
    });
    const grant = await isActive(world, 20);
    world.target.fault('revoke', { kind: 'fails' }, 10);
    deaf = true;
    await allEnds(world, 3600);
    expect((await world.grant(grant.id)).status).toBe('revoked');
  });

  it('R6 that finds nothing any more is a success, and says so', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 20);
    world.target.present.clear();
    await world.clock.advance(22);
    expect(await world.grant(grant.id)).toMatchObject({ status: 'revoked', outcome: 'already_absent' });
  });

  it('R6 with a stale reading of absence still issues the removal', async () => {
    const world = await createWorld({ target: { settleSeconds: 15 } });
    const grant = await isActive(world, 20);
    world.target.fault('inspect', { kind: 'reads-absent' }, 5);
    await becomes(world, grant, 'revoked', 60);
    await checkInvariants(world, { ended: true });
    const reads = world.target.calls.filter(
      ({ verb, at }) => verb === 'inspect' && at >= Date.parse(grant.expiresAt),
    );
    expect((reads.at(-1)?.at ?? 0) - (reads[0]?.at ?? 0)).toBeGreaterThanOrEqual(15_000);
  });

  it('R5 whose access is still read back is not called revoked', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 20);
    const { revoke: remove } = world.target;
    let stubborn = 3;
    world.target.revoke = async (call, receipt) => (stubborn-- > 0 ? { found: true } : remove(call, receipt));
    await allEnds(world, 120);
    expect(
      (await eventsOf(world, grant.id)).filter(({ type }) => type === 'RevokeAttemptFailed'),
    ).toHaveLength(3);
  });

  it.each(['RevokeBlocked', 'TargetRefused'] as const)(
    'that ends in %s is recorded at once, and tried again for ever',
    async (code) => {
      const world = await createWorld({ reconcileEvery: 60 });
      const grant = await isActive(world, 20);
      world.target.fault('revoke', { kind: 'fails', code }, 50);
      const { lastError } = await becomes(world, grant, 'revoke_failed', 22);
      expect(lastError).toMatchObject({ code, effective: code === 'RevokeBlocked' });
      await world.clock.advance(3600);
      world.target.heal();
      await allEnds(world, 16 * 60);
    },
  );

  it('R4 asked for again when it has failed is due at once', async () => {
    const world = await createWorld({ reconcileEvery: 10 });
    const grant = await isActive(world, 20);
    world.target.fault('revoke', { kind: 'fails' }, 100_000);
    await becomes(world, grant, 'revoke_failed', 300);
    await world.clock.advance(3 * 3600);
    world.target.heal();
    await revoke(world, 'adam', grant);
    await becomes(world, grant, 'revoked', 15);
    expect(await world.grant(grant.id)).toMatchObject({ wanted: { cause: 'expired' } });
  });

  it.each([
    ['hangs', { kind: 'hangs' }],
    ['throws after its effect', { kind: 'fails-after' }],
    ['lands late', { kind: 'lands-late', seconds: 8 }],
    ['is slow', { kind: 'slow', seconds: 9 }],
  ] as const)('that %s is done again, and read back', async (_, fault) => {
    const world = await createWorld();
    await isActive(world, 20);
    world.target.fault('revoke', fault, 2);
    await allEnds(world, 90);
  });
});

describe('R8 an extension', () => {
  it('that is committed nowhere when a revoke came meanwhile brings nothing back', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 600);
    world.target.fault('extend', { kind: 'slow', seconds: 5 });
    const extending = extend(world, 'ana', grant, 60).catch((error: unknown) => error);
    await world.clock.advance(1);
    await revoke(world, 'ana', grant);
    await world.clock.advance(30);
    expect(await extending).toMatchObject({ code: expect.stringMatching(/StateConflict|TargetRefused/) });
    await allEnds(world, 30);
  });

  it('that lands after the revoke, and would create, is removed before anybody says revoked', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 600);
    const { artefact } = grant.receipt;
    world.target.extend = async (call) => {
      await world.clock.sleepUntil(call.deadlineMs - 1000);
      world.target.present.set(artefact, { end: 0 });
    };
    const extending = extend(world, 'ana', grant, 60).catch((error: unknown) => error);
    await world.clock.advance(1);
    await revoke(world, 'ana', grant);
    await becomes(world, grant, 'revoked', 60);
    await checkInvariants(world, { ended: true });
    expect(await extending).toMatchObject({ code: 'StateConflict' });
  });
});

describe('credentials', () => {
  it('that are being made while the grant ends are not handed out', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 20);
    await world.clock.advance(15);
    world.target.fault('credentials', { kind: 'slow', seconds: 8 });
    const asking = issueCredentials(world.ports, { by: world.person('ana'), grantId: grant.id }).catch(
      (error: unknown) => error,
    );
    await becomes(world, grant, 'revoked', 30);
    await checkInvariants(world, { ended: true });
    expect(await asking).toMatchObject({ code: expect.stringMatching(/StateConflict|TargetRefused/) });
  });
});

describe('the functions that only wait', () => {
  it('HoldAccess throws once: it is held all the same', async () => {
    const world = await createWorld();
    world.breaks.set('hold-access', 1);
    const grant = await isActive(world, 60);
    await revoke(world, 'ana', grant);
    await allEnds(world, 5);
  });

  it('HoldAccess throws for ever: it ends on time', async () => {
    const world = await createWorld({ reconcileEvery: 5 });
    world.breaks.set('hold-access', 1e9);
    const grant = await isActive(world, 60);
    await world.clock.advance(55);
    expect((await world.grant(grant.id)).status).toBe('active');
    await allEnds(world, 20);
    expect(lateness(world, grant, grant.expiresAt)).toBeLessThan(8);
  });

  it('AskApprovers throws once: it is decided all the same', async () => {
    const world = await createWorld();
    world.breaks.set('ask-approvers', 1);
    const grant = await world.ask('write', 60);
    await world.clock.advance(5);
    await approve(world, 'dora', grant);
    await becomes(world, grant, 'active', 2);
    await allEnds(world, 65);
  });
});
