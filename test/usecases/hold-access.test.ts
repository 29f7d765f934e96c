/** Beginning to hold an active grant: the token is kept, or the wait is woken at once. */
import { describe, expect, it } from 'vitest';
import type { Step } from '../../shared/ports.ts';
import { grantAccess } from '../../shared/usecases/grant-access.ts';
import { holdAccess } from '../../shared/usecases/hold-access.ts';
import { extend, revoke } from '../support/acting.ts';
import { checkInvariants, eventsOf } from '../support/check-invariants.ts';
import { createWorld, type World } from '../support/world.ts';

/** A world in which nothing runs by itself, an active grant, and the wakes that are sent. */
async function begin() {
  const world = await createWorld({ deaf: true });
  const woken: { token: string; step: Step }[] = [];
  const wake = async (token: string, step: Step) => woken.push({ token, step }) > 0;
  world.ports.workflow = { start: async () => {}, wake };
  const grant = await world.ask('read', 60);
  const { until } = await grantAccess(world.ports, { grantId: grant.id });
  return { world, grant, woken, until };
}

const tokenOf = async (world: World, id: string) =>
  (await world.table.get<{ token: string }>({ pk: `GRANT#${id}`, sk: 'TOKEN' }))?.data.token;

describe('holding', () => {
  it('keeps the token where only the machinery finds it, and says until when', async () => {
    const { world, grant, woken, until } = await begin();
    await holdAccess(world.ports, { grantId: grant.id, token: 'token-1', step: { until } });
    expect(await tokenOf(world, grant.id)).toBe('token-1');
    expect((await eventsOf(world, grant.id)).at(-1)).toMatchObject({
      type: 'AccessHeld',
      details: { until },
    });
    expect(woken).toEqual([]);
    await checkInvariants(world);
  });

  it('S5 R3 takes a later wait’s token instead of an earlier one’s', async () => {
    const { world, grant, woken } = await begin();
    await holdAccess(world.ports, { grantId: grant.id, token: 'token-1' });
    await holdAccess(world.ports, { grantId: grant.id, token: 'token-2' });
    await revoke(world, 'ana', grant);
    expect(woken).toMatchObject([{ token: 'token-2', step: { status: 'revoking' } }]);
  });

  it('P4 wakes itself when the revoke came first, and keeps no token', async () => {
    const { world, grant, woken } = await begin();
    await revoke(world, 'ana', grant);
    await holdAccess(world.ports, { grantId: grant.id, token: 'token-1' });
    expect(woken).toMatchObject([{ token: 'token-1', step: { status: 'revoking' } }]);
    expect(await tokenOf(world, grant.id)).toBeUndefined();
  });

  it('P4 whichever of both is first, at the same moment, the wait hears of the revoke', async () => {
    for (const order of [0, 1]) {
      const { world, grant, woken } = await begin();
      const both = [
        () => revoke(world, 'ana', grant),
        () => holdAccess(world.ports, { grantId: grant.id, token: 'token-1' }),
      ];
      if (order) both.reverse();
      await Promise.all(both.map((act) => act()));
      expect(woken).toMatchObject([{ token: 'token-1', step: { status: 'revoking' } }]);
    }
  });

  it('R8 wakes itself with new seconds when its own were counted from another end', async () => {
    const { world, grant, woken, until } = await begin();
    await extend(world, 'ana', grant, 60);
    await holdAccess(world.ports, { grantId: grant.id, token: 'token-1', step: { until } });
    expect(woken).toMatchObject([{ token: 'token-1', step: { status: 'active', waitSeconds: 120 } }]);
    expect(await tokenOf(world, grant.id)).toBeUndefined();
  });

  it('of an execution that began before steps had an `until` is held', async () => {
    const { world, grant, woken } = await begin();
    await holdAccess(world.ports, { grantId: grant.id, token: 'token-1', step: {} });
    expect(await tokenOf(world, grant.id)).toBe('token-1');
    expect(woken).toEqual([]);
  });
});
