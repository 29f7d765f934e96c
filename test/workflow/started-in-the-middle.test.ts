/** Executions begun anew from the table, at each open status, with the time still to come and long past. */
import { describe, expect, it } from 'vitest';
import type { Grant, OpenStatus } from '../../shared/model/grant.ts';
import { grantAccess } from '../../shared/usecases/grant-access.ts';
import { recordRevokeFailed } from '../../shared/usecases/record-revoke-failed.ts';
import { revokeAccess } from '../../shared/usecases/revoke-access.ts';
import { allEnds, approve, becomes, revoke } from '../support/acting.ts';
import { createWorld, type World } from '../support/world.ts';

/** What is done to a fresh grant, in a world in which nothing runs by itself, until it has that status. */
const making: Record<OpenStatus, (world: World, grant: Grant) => Promise<unknown>> = {
  pending: async () => {},
  approved: (world, grant) => approve(world, 'dora', grant),
  granting: async (world, grant) => {
    await approve(world, 'dora', grant);
    world.target.fault('grant', { kind: 'fails-after' });
    await grantAccess(world.ports, { grantId: grant.id }).catch(() => {});
  },
  active: async (world, grant) => {
    await approve(world, 'dora', grant);
    await grantAccess(world.ports, { grantId: grant.id });
  },
  revoking: async (world, grant) => {
    await making.active(world, grant);
    await revoke(world, 'ana', grant);
    world.target.fault('revoke', { kind: 'fails' });
    await revokeAccess(world.ports, { grantId: grant.id }).catch(() => {});
  },
  revoke_failed: async (world, grant) => {
    await making.revoking(world, grant);
    await recordRevokeFailed(world.ports, { grantId: grant.id });
  },
};

async function stopped(status: OpenStatus, seconds: number) {
  const world = await createWorld({ deaf: true });
  const grant = await world.ask('write', 60);
  await making[status](world, grant);
  expect((await world.grant(grant.id)).status).toBe(status);
  await world.clock.advance(seconds);
  return { world, grant };
}

/** Another process, in which executions run. */
async function goOn(world: World): Promise<void> {
  world.deaf = false;
  await world.restart();
}

describe('an execution that begins at', () => {
  it.each<[OpenStatus, number, Grant['status']]>([
    ['pending', 1, 'pending'],
    ['approved', 1, 'active'],
    ['granting', 1, 'active'],
    ['active', 1, 'active'],
    ['revoking', 1, 'revoked'],
    ['revoke_failed', 1, 'revoked'],
    ['pending', 90_000, 'timed_out'],
    ['approved', 90_000, 'active'],
    ['granting', 90_000, 'active'],
    ['active', 90_000, 'revoked'],
    ['revoking', 90_000, 'revoked'],
    ['revoke_failed', 90_000, 'revoked'],
  ])('%s, %i s later, goes on to %s', async (status, seconds, next) => {
    const { world, grant } = await stopped(status, seconds);
    await goOn(world);
    const { status: is } = await becomes(world, grant, next, 20);
    expect(is).toBe(next);
    if (next === 'pending') await approve(world, 'dora', grant);
    await allEnds(world, 100);
    expect(world.workflow.running()).toEqual([]);
    expect(world.failures).toEqual([]);
  });

  it('any of them, in a process that dies over and over, ends', async () => {
    for (const status of Object.keys(making) as OpenStatus[]) {
      const { world, grant } = await stopped(status, 1);
      world.deaf = false;
      for (let effects = 1; effects < 8; effects++) {
        await world.restart((effect) => (effect === effects ? 'after' : undefined));
        await world.clock.advance(3);
      }
      await world.restart();
      if (status === 'pending') await approve(world, 'dora', grant).catch(() => {});
      await allEnds(world, 150);
    }
  });
});
