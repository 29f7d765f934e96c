/** After a restart: what the dead process held is released where its calls are proven over, and only there. */
import { describe, expect, it } from 'vitest';
import { releaseLeases } from '../../shared/usecases/release-leases.ts';
import { becomes, isActive, revoke } from '../support/acting.ts';
import { checkInvariants, eventsOf } from '../support/check-invariants.ts';
import { createWorld } from '../support/world.ts';

/** A process that died in the middle of a grant call, whose effect lands three seconds later unless it is ended there. */
async function diedGranting(quiesces: boolean, permission = 'read') {
  const world = await createWorld({
    target: { quiesces },
    diesAt: (_, name) => (name === 'grant' ? 'later' : undefined),
  });
  const grant = await world.ask(permission, 60);
  await world.clock.advance(1);
  if (!world.life.dead) throw new Error('it lives');
  return { world, grant };
}

describe('a target that can end what an earlier process left running', () => {
  it.each(['read', 'oncall'])('lets the next one go on at once (%s)', async (permission) => {
    const { world, grant } = await diedGranting(true, permission);
    await world.restart();
    await becomes(world, grant, 'active', 1);
    expect((await eventsOf(world, grant.id)).map(({ type }) => type)).toContain('LeaseReleased');
    await world.clock.advance(62);
    await checkInvariants(world, { ended: true });
  });

  it('P6 has nothing landing later', async () => {
    const { world, grant } = await diedGranting(true);
    await world.restart();
    await revoke(world, 'ana', grant);
    await becomes(world, grant, 'revoked', 2);
    await world.clock.advance(20);
    await checkInvariants(world, { ended: true });
  });
});

describe('a target that cannot', () => {
  it('P6 is waited for until the call’s own limit', async () => {
    const { world, grant } = await diedGranting(false);
    await world.restart();
    await revoke(world, 'ana', grant);
    await world.clock.advance(8);
    expect((await world.grant(grant.id)).status).toBe('revoking');
    await becomes(world, grant, 'revoked', 20);
    await checkInvariants(world, { ended: true });
  });

  it.each([
    ['answers nobody', () => new Promise<void>(() => {})],
    ['refuses', () => Promise.reject(new Error('no'))],
  ])('since it %s, does not hold up the start', async (_, quiesce) => {
    const { world, grant } = await diedGranting(true);
    const releasing = (async () => {
      world.target.quiesce = quiesce;
      await world.restart();
    })();
    await world.clock.advance(4);
    await releasing;
    expect((await eventsOf(world, grant.id)).map(({ type }) => type)).not.toContain('LeaseReleased');
    await becomes(world, grant, 'active', 30);
  });
});

describe('where nothing is held', () => {
  it('nothing is written', async () => {
    const world = await createWorld({ target: { quiesces: true } });
    const grant = await isActive(world, 60);
    const { chain } = await world.grant(grant.id);
    expect(await releaseLeases(world.ports)).toEqual(['orders-db']);
    expect((await world.grant(grant.id)).chain).toEqual(chain);
  });
});
