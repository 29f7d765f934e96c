/** Saying that a revoke does not work: loudly, with the next try, and never as an end. */
import { describe, expect, it } from 'vitest';
import { grantAccess } from '../../shared/usecases/grant-access.ts';
import { recordRevokeFailed } from '../../shared/usecases/record-revoke-failed.ts';
import { revokeAccess } from '../../shared/usecases/revoke-access.ts';
import { revoke } from '../support/acting.ts';
import { checkInvariants, eventsOf } from '../support/check-invariants.ts';
import { createWorld } from '../support/world.ts';

async function wanted() {
  const world = await createWorld({ deaf: true });
  const { id } = await world.ask('read', 60);
  await grantAccess(world.ports, { grantId: id });
  await revoke(world, 'ana', { id });
  const asked = { grantId: id };
  const tryToRevoke = () => revokeAccess(world.ports, asked).catch((error: unknown) => error);
  return { world, id, asked, tryToRevoke };
}

describe('R1 a revoke that does not work', () => {
  it('is said with what went wrong and when it is tried again', async () => {
    const { world, id, asked, tryToRevoke } = await wanted();
    world.target.fault('revoke', { kind: 'fails' });
    await tryToRevoke();
    expect(await recordRevokeFailed(world.ports, asked)).toMatchObject({ status: 'revoke_failed' });
    expect(await world.grant(id)).toMatchObject({
      lastError: { code: 'TargetUnavailable' },
      dueAt: '2026-11-24T12:00:15.000Z',
    });
    expect((await eventsOf(world, id)).at(-1)).toMatchObject({ type: 'RevokeFailedRecorded', cause: 'self' });
    await checkInvariants(world);
  });

  it('is tried at a pace that slows down to 15 minutes, and never stops', async () => {
    const { world, id, asked, tryToRevoke } = await wanted();
    world.target.fault('revoke', { kind: 'fails' }, 1000);
    await tryToRevoke();
    await recordRevokeFailed(world.ports, asked);
    const pauses: number[] = [];
    for (let n = 0; n < 12; n++) {
      const { dueAt } = await world.grant(id);
      const pause = (Date.parse(dueAt ?? '') - world.clock.now()) / 1000;
      pauses.push(pause);
      await world.clock.advance(pause);
      await tryToRevoke();
    }
    expect(pauses).toEqual([15, 30, 60, 120, 240, 480, 900, 900, 900, 900, 900, 900]);
    world.target.heal();
    await tryToRevoke();
    await checkInvariants(world, { ended: true });
  });

  it('is not said while another is revoking just now', async () => {
    const { world, id, asked, tryToRevoke } = await wanted();
    world.target.fault('revoke', { kind: 'slow', seconds: 5 });
    const trying = tryToRevoke();
    await world.clock.advance(1);
    expect(await recordRevokeFailed(world.ports, asked)).toMatchObject({ status: 'revoking' });
    await world.clock.advance(5);
    expect(await trying).toMatchObject({ status: 'revoked' });
    expect((await eventsOf(world, id)).map(({ type }) => type)).not.toContain('RevokeFailedRecorded');
  });

  it('is said once, whoever says it', async () => {
    const { world, id, asked, tryToRevoke } = await wanted();
    world.target.fault('revoke', { kind: 'fails' });
    await tryToRevoke();
    await Promise.all([1, 2, 3].map(() => recordRevokeFailed(world.ports, asked)));
    expect((await eventsOf(world, id)).filter(({ type }) => type === 'RevokeFailedRecorded')).toHaveLength(1);
  });
});

describe('of any other grant', () => {
  it('R4 nothing is said: not of a closed one, nor of one that nobody ends', async () => {
    const { world, id, asked, tryToRevoke } = await wanted();
    expect(await recordRevokeFailed(world.ports, asked)).toMatchObject({ status: 'revoking' });
    expect((await world.grant(id)).status).toBe('active');
    await tryToRevoke();
    expect(await recordRevokeFailed(world.ports, asked)).toMatchObject({ status: 'revoked' });
  });
});
