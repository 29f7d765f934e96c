/** R11 hundreds of ends on one second: late by what the target takes, never early, and before what only begins. */
import { describe, expect, it } from 'vitest';
import { toMs } from '../../shared/model/time.ts';
import { allEnds, isActive, revoke } from '../support/acting.ts';
import { allGrants, checkInvariants } from '../support/check-invariants.ts';
import { createWorld, type World } from '../support/world.ts';

/** A target that takes so long for each call, on a server that does any number at once. */
function takesTime({ target, clock }: World, seconds: number): void {
  const { grant, revoke: remove } = target;
  const pause = () => clock.sleepUntil(clock.now() + seconds * 1000);
  target.grant = (...call) => pause().then(() => grant(...call));
  target.revoke = (...call) => pause().then(() => remove(...call));
}

const ends = (world: World) => world.target.history.filter(({ present }) => !present).map(({ at }) => at);

describe('R11 three hundred grants that end on one second', () => {
  it('all end, none of them early, as fast as eight lanes go', async () => {
    const world = await createWorld({ reconcileEvery: 1 });
    for (let n = 0; n < 300; n++) await world.ask('read', 600, n % 2 ? 'ana' : 'ben');
    await world.clock.advance(2);
    takesTime(world, 0.1);
    const grants = await allGrants(world);
    const first = Math.min(
      ...grants.map((grant) => ('expiresAt' in grant ? toMs(grant.expiresAt ?? '') : 0)),
    );
    await allEnds(world, 600 + 15);
    expect(Math.min(...ends(world))).toBeGreaterThanOrEqual(first);
    expect(Math.max(...ends(world)) - first).toBeLessThan(6000);
  });

  it('end before two hundred that only begin', async () => {
    const world = await createWorld({ reconcileEvery: 1 });
    for (let n = 0; n < 100; n++) await world.ask('read', 60);
    await world.clock.advance(59);
    takesTime(world, 0.5);
    for (let n = 0; n < 200; n++) void world.ask('read', 600, 'ben');
    await world.clock.advance(12);
    expect(ends(world)).toHaveLength(100);
    await allEnds(world, 700);
  });

  it('wanted ended by one person at once, end at once', async () => {
    const world = await createWorld({ reconcileEvery: 1 });
    const grants = [];
    for (let n = 0; n < 100; n++) grants.push(await isActive(world, 3600));
    await Promise.all(grants.map((grant) => revoke(world, 'adam', grant)));
    await world.clock.advance(2);
    await checkInvariants(world, { ended: true });
  });
});
