/** Taking a request back: who may, and what is left of it. */
import { describe, expect, it } from 'vitest';
import { cancelRequest } from '../../shared/usecases/cancel-request.ts';
import { submitRequest } from '../../shared/usecases/submit-request.ts';
import { approve, becomes, isActive } from '../support/acting.ts';
import { allGrants, checkInvariants, eventsOf } from '../support/check-invariants.ts';
import { createWorld, type World } from '../support/world.ts';

const cancel = (world: World, by: string, requestId: string, reason?: string) =>
  cancelRequest(world.ports, { by: world.person(by), requestId, reason });

describe('a cancel', () => {
  it('ends what is pending and what is approved, with nothing touched', async () => {
    const world = await createWorld({ deaf: true });
    const entitlements = ['write', 'read'].map((permission) => ({
      integration: 'orders-db',
      resource: 'orders',
      permission,
    }));
    const made = await submitRequest(world.ports, {
      by: world.person('ana'),
      channel: 'http',
      entitlements,
      reason: 'OPS-1',
    });
    if (made.dryRun) throw new Error();
    const { grants } = await cancel(world, 'ana', made.request.id, 'not needed');
    expect(grants.map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
    expect(grants[0]).toMatchObject({
      wanted: { cause: 'cancelled', by: { id: 'ana' }, reason: 'not needed' },
    });
    expect(world.target.calls).toEqual([]);
    await checkInvariants(world, { ended: true });
  });

  it('leaves alone what is active, and says so when nothing else is left', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 60);
    await expect(cancel(world, 'ana', grant.requestId)).rejects.toMatchObject({ code: 'StateConflict' });
    expect((await world.grant(grant.id)).status).toBe('active');
  });

  it('is refused the second time', async () => {
    const world = await createWorld();
    const grant = await world.ask('write');
    await cancel(world, 'ana', grant.requestId);
    await expect(cancel(world, 'ana', grant.requestId)).rejects.toMatchObject({ code: 'StateConflict' });
    expect((await eventsOf(world, grant.id)).filter(({ type }) => type === 'RequestCancelled')).toHaveLength(
      1,
    );
  });

  it('empties the approvers’ inboxes', async () => {
    const world = await createWorld();
    const grant = await world.ask('write');
    const inbox = { index: 'waiting', partition: 'WAITING#group:data-owners', limit: 10 } as const;
    expect((await world.table.query(inbox)).items).toHaveLength(1);
    await cancel(world, 'ana', grant.requestId);
    expect((await world.table.query(inbox)).items).toEqual([]);
  });

  it.each([
    ['dora', 'Forbidden'],
    ['adam', 'Forbidden'],
    ['ben', 'NotFound'],
  ])('by %s is %s, and changes nothing', async (by, code) => {
    const world = await createWorld();
    const grant = await world.ask('write');
    await expect(cancel(world, by, grant.requestId)).rejects.toMatchObject({ code });
    expect((await world.grant(grant.id)).status).toBe('pending');
  });

  it('of nothing is not found', async () => {
    await expect(cancel(await createWorld(), 'ana', 'rq_nothing')).rejects.toMatchObject({
      code: 'NotFound',
    });
  });

  it('A2 racing an approval ends in one of both, never with access after a cancel', async () => {
    for (const first of ['cancel', 'approve']) {
      const world = await createWorld();
      const grant = await world.ask('write', 60);
      const both = [() => cancel(world, 'ana', grant.requestId), () => approve(world, 'dora', grant)];
      if (first === 'approve') both.reverse();
      await Promise.allSettled(both.map((act) => act()));
      await world.clock.advance(2);
      expect(['cancelled', 'active']).toContain((await world.grant(grant.id)).status);
      await checkInvariants(world);
    }
  });

  it('P3 racing the grant call itself leaves nothing', async () => {
    for (let turns = 0; turns < 40; turns++) {
      const world = await createWorld();
      const grant = await world.ask('read', 60);
      for (let turn = 0; turn < turns; turn++)
        await (turn % 6 === 5 ? new Promise(setImmediate) : Promise.resolve());
      const won = await cancel(world, 'ana', grant.requestId).then(
        () => true,
        () => false,
      );
      await world.clock.advance(1);
      const [{ status } = { status: 'none' }] = await allGrants(world);
      expect(status).toBe(won ? 'cancelled' : 'active');
      await checkInvariants(world);
    }
  });
});

describe('a cancel whose wake is lost', () => {
  it('leaves no execution behind for ever', async () => {
    const world = await createWorld();
    const grant = await world.ask('write', 60);
    await world.clock.advance(1);
    const { workflow } = world.ports;
    world.ports.workflow = { ...workflow, wake: async () => false };
    await cancel(world, 'ana', grant.requestId);
    await becomes(world, grant, 'cancelled', 1);
    await world.clock.advance(86_401);
    expect(world.workflow.running()).toEqual([]);
  });
});
