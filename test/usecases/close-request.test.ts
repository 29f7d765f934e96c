/** The end of a request that never became access. */
import { describe, expect, it } from 'vitest';
import { closeRequest } from '../../shared/usecases/close-request.ts';
import { approve, reject } from '../support/acting.ts';
import { checkInvariants, eventsOf } from '../support/check-invariants.ts';
import { createWorld } from '../support/world.ts';

describe('closing a request', () => {
  it('times it out when its deadline has passed, and says so', async () => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('write');
    await world.clock.advance(86_400);
    expect(await closeRequest(world.ports, { grantId: grant.id })).toMatchObject({
      status: 'timed_out',
      waitSeconds: 0,
    });
    expect((await eventsOf(world, grant.id)).at(-1)).toMatchObject({
      type: 'RequestClosed',
      reason: 'nobody decided by 2026-11-25T12:00:00.000Z',
    });
    await checkInvariants(world, { ended: true });
  });

  it('a moment before its deadline is not due', async () => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('write');
    await world.clock.advance(86_399.999);
    await expect(closeRequest(world.ports, { grantId: grant.id })).rejects.toMatchObject({ name: 'NotDue' });
  });

  it('A2 that was approved is not due, whatever the time', async () => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('write');
    await approve(world, 'dora', grant);
    await world.clock.advance(86_401);
    await expect(closeRequest(world.ports, { grantId: grant.id })).rejects.toMatchObject({ name: 'NotDue' });
    expect((await world.grant(grant.id)).status).toBe('approved');
  });

  it('that is closed already changes nothing, however often', async () => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('write');
    await reject(world, 'dora', grant);
    const { chain } = await world.grant(grant.id);
    for (let times = 0; times < 3; times++)
      expect(await closeRequest(world.ports, { grantId: grant.id })).toMatchObject({ status: 'rejected' });
    expect((await world.grant(grant.id)).chain).toEqual(chain);
  });

  it('A2 racing an approval at the deadline ends in one of both', async () => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('write');
    await world.clock.advance(86_400);
    await Promise.allSettled([
      approve(world, 'dora', grant),
      closeRequest(world.ports, { grantId: grant.id }),
    ]);
    expect((await world.grant(grant.id)).status).toBe('timed_out');
  });
});
