/** Two processes over one table and one target, each with executions of every grant and a reconciler: R7 at its widest. */
import { describe, expect, it } from 'vitest';
import type { Ports } from '../../shared/ports.ts';
import { askRevoke } from '../../shared/usecases/ask-revoke.ts';
import { allEnds, isActive } from '../support/acting.ts';
import { allGrants, checkInvariants, eventsOf } from '../support/check-invariants.ts';
import { createLife } from '../support/mortal.ts';
import { createWorld, type World } from '../support/world.ts';

/** Begins another process beside the one that lives. Answers with the first one's ports; the world's are the second's. */
async function another(world: World): Promise<Ports> {
  const { ports } = world;
  world.life = createLife();
  world.workflow = { ...world.workflow, stop: async () => {} };
  await world.restart();
  return ports;
}

describe.each(['read', 'oncall'])('two processes over grants of %s', (permission) => {
  it('end each grant once, and leave nothing', async () => {
    const world = await createWorld({ reconcileEvery: 1 });
    for (let n = 0; n < 5; n++) await isActive(world, 30 + n, permission);
    world.target.fault('revoke', { kind: 'fails-after' }, 2);
    await another(world);
    for (let n = 0; n < 5; n++) await isActive(world, 25 + n, permission, 'ana');
    await allEnds(world, 150);
    for (const { id } of await allGrants(world)) {
      const ends = (await eventsOf(world, id)).filter(({ type }) => type === 'AccessRevoked');
      expect(ends).toHaveLength(1);
    }
  });

  it('hear of a revoke that was asked of either', async () => {
    const world = await createWorld({ reconcileEvery: 1 });
    const grants = [await isActive(world, 3600, permission), await isActive(world, 3600, permission)];
    const first = await another(world);
    await world.clock.advance(1);
    for (const [n, { id }] of grants.entries())
      await askRevoke(n === 0 ? first : world.ports, {
        by: world.person('ana'),
        grantId: id,
        reason: 'enough',
      });
    await world.clock.advance(5);
    await checkInvariants(world, { ended: true });
  });

  it('of which one dies in the middle: the other ends all the same', async () => {
    const world = await createWorld({ reconcileEvery: 1 });
    for (let n = 0; n < 4; n++) await isActive(world, 30, permission);
    const { life } = world;
    await another(world);
    let left = 2;
    life.diesAt = (_, name) => (name === 'revoke' && --left === 0 ? 'later' : undefined);
    await allEnds(world, 120);
    expect(life.dead).toBe(true);
  });
});
