/** The scenarios of a grant's life that every engine of the state machine must play: the fair weather, and what people do. */
import { describe, expect, it } from 'vitest';
import { closeRequest } from '../../shared/usecases/close-request.ts';
import {
  allEnds,
  approve,
  becomes,
  extend,
  isActive,
  lateness,
  reject,
  revoke,
  statesOf,
  withoutWakes,
} from '../support/acting.ts';
import { checkInvariants } from '../support/check-invariants.ts';
import { createWorld, type World } from '../support/world.ts';

describe('a life without trouble', () => {
  it('approved by its flow, it expires: 5 transitions', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 20);
    await checkInvariants(world);
    await allEnds(world, 22);
    expect(await world.grant(grant.id)).toMatchObject({ status: 'revoked', wanted: { cause: 'expired' } });
    expect(statesOf(world, grant)).toEqual(['Route', 'GrantAccess', 'Route', 'HoldAccess', 'RevokeAccess']);
    expect(lateness(world, grant, grant.expiresAt)).toBeLessThan(2);
    expect(lateness(world, grant, grant.expiresAt)).toBeGreaterThanOrEqual(0);
    expect(world.workflow.running()).toEqual([]);
  });

  it.each([
    ['read', 6],
    ['oncall', 10],
  ])('of %s costs the table %i writes', async (permission, writes) => {
    let count = 0;
    const counted = (table: World['table']): World['table'] => ({
      ...table,
      write: (all) => table.write(all).finally(() => count++),
    });
    const world = await createWorld({ wrap: counted });
    await isActive(world, 20, permission);
    await allEnds(world, 22);
    expect(count).toBe(writes);
  });

  it('approved by a person, it expires: 7 transitions', async () => {
    const world = await createWorld();
    const grant = await world.ask('write', 20);
    await world.clock.advance(30);
    await approve(world, 'dora', grant);
    await becomes(world, grant, 'active', 1);
    await allEnds(world, 22);
    const granted = ['GrantAccess', 'Route', 'HoldAccess', 'RevokeAccess'];
    expect(statesOf(world, grant)).toEqual(['Route', 'AskApprovers', 'Route', ...granted]);
  });

  it('rejected, nothing was ever touched', async () => {
    const world = await createWorld();
    const grant = await world.ask('write', 20);
    await reject(world, 'dora', grant);
    await allEnds(world, 1);
    expect((await world.grant(grant.id)).status).toBe('rejected');
    expect(statesOf(world, grant)).toEqual(['Route', 'AskApprovers', 'Route', 'CloseRequest']);
    expect(world.target.calls).toEqual([]);
  });

  it('times out when nobody decides, and a late approval is refused', async () => {
    const world = await createWorld();
    const grant = await world.ask('write', 20);
    await becomes(world, grant, 'timed_out', 86_402);
    await expect(approve(world, 'dora', grant)).rejects.toMatchObject({ code: 'StateConflict' });
    await allEnds(world, 1);
    expect(world.target.calls).toEqual([]);
  });

  it('revoked early, it goes through 6 states', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 600);
    await revoke(world, 'ana', grant);
    await allEnds(world, 1);
    const states = ['Route', 'GrantAccess', 'Route', 'HoldAccess', 'Route', 'RevokeAccess'];
    expect(statesOf(world, grant)).toEqual(states);
  });

  it('extended, it ends at the new time and not at the old', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 60);
    const { grant: longer } = await extend(world, 'ana', grant, 120);
    await world.clock.advance(170);
    expect((await world.grant(grant.id)).status).toBe('active');
    await allEnds(world, 12);
    expect(lateness(world, grant, (longer as typeof grant).expiresAt)).toBeLessThan(2);
  });
});

describe('a lost wake', () => {
  it('R14 of a decision: the reconciler sees that it is granted', async () => {
    const world = await createWorld({ reconcileEvery: 10 });
    const grant = await world.ask('write', 60);
    await withoutWakes(world, () => approve(world, 'dora', grant));
    await becomes(world, grant, 'active', 60);
    await allEnds(world, 75);
    expect(world.failures).toEqual([]);
  });

  it('R14 of a revoke: the reconciler ends it within a minute', async () => {
    const world = await createWorld({ reconcileEvery: 60 });
    const grant = await isActive(world, 3600);
    await withoutWakes(world, () => revoke(world, 'ana', grant));
    await becomes(world, grant, 'revoked', 62);
    await allEnds(world, 3600);
    expect(world.workflow.running()).toEqual([]);
  });

  it('R14 of a shortened lifetime: what is due is ended, whatever the hold believes', async () => {
    const world = await createWorld({ reconcileEvery: 60 });
    const grant = await isActive(world, 3600);
    const key = { pk: `GRANT#${grant.id}`, sk: 'GRANT' };
    const item = await world.table.get<typeof grant>(key);
    if (!item) throw new Error('no item');
    const expiresAt = new Date(world.clock.now() + 30_000).toISOString();
    const due = { partition: item.index.due?.partition ?? '', range: `${expiresAt}#${grant.id}` };
    const { version, ...put } = item;
    const shorter = {
      ...put,
      index: { ...put.index, due },
      data: { ...item.data, expiresAt, dueAt: expiresAt },
    };
    await world.table.write([{ put: shorter, expect: version }]);
    await becomes(world, grant, 'revoked', 92);
    await allEnds(world, 3600);
  });

  it('of an extension: it ends at the new time all the same, and no transition is spent until then', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 60);
    await withoutWakes(world, () => extend(world, 'ana', grant, 120));
    await world.clock.advance(170);
    expect((await world.grant(grant.id)).status).toBe('active');
    await allEnds(world, 12);
    expect(statesOf(world, grant).slice(4, -1)).toEqual([
      'RevokeAccess',
      'GrantAccess',
      'Route',
      'HoldAccess',
    ]);
  });

  it('R3 with nonsense instead: the table decides, it is held again and ends on time', async () => {
    for (const nonsense of [
      {},
      { status: 'revoked', waitSeconds: 0 },
      { status: 7, waitSeconds: 'x', until: 5 },
    ]) {
      const world = await createWorld();
      const grant = await isActive(world, 60);
      await callBack(world, grant, nonsense);
      await world.clock.advance(50);
      expect((await world.grant(grant.id)).status).toBe('active');
      await allEnds(world, 12);
    }
  });

  it('R2 with what is no object at all: whatever that does to the execution, it ends on time', async () => {
    for (const nonsense of [null, [], 'end it', 7]) {
      const world = await createWorld({ reconcileEvery: 2 });
      const grant = await isActive(world, 60);
      await callBack(world, grant, nonsense);
      await world.clock.advance(50);
      expect((await world.grant(grant.id)).status).toBe('active');
      await allEnds(world, 15);
    }
  });
});

describe('a request that the workflow would close too early', () => {
  it('R5 before its deadline stays pending', async () => {
    const world = await createWorld();
    const grant = await world.ask('write', 60);
    await expect(closeRequest(world.ports, { grantId: grant.id })).rejects.toMatchObject({ code: 'NotDue' });
    expect((await world.grant(grant.id)).status).toBe('pending');
    await world.clock.advance(1);
    await callBack(world, grant, { schema: 1, grantId: grant.id, status: 'pending', waitSeconds: 0 });
    await world.clock.advance(5);
    expect(statesOf(world, grant).slice(2)).toEqual([
      'Route',
      'CloseRequest',
      'GrantAccess',
      'Route',
      'AskApprovers',
    ]);
    await approve(world, 'dora', grant);
    await becomes(world, grant, 'active', 2);
    await allEnds(world, 62);
  });

  it('A2 that was approved meanwhile is granted', async () => {
    const world = await createWorld();
    const grant = await world.ask('write', 60);
    await withoutWakes(world, () => approve(world, 'dora', grant));
    await expect(closeRequest(world.ports, { grantId: grant.id })).rejects.toMatchObject({ code: 'NotDue' });
    await becomes(world, grant, 'active', 86_402);
    await allEnds(world, 62);
  });
});

/** What somebody who got hold of the token could send. */
async function callBack(world: World, { id }: { id: string }, step: unknown): Promise<void> {
  const kept = await world.table.get<{ token: string }>({ pk: `GRANT#${id}`, sk: 'TOKEN' });
  expect(await world.workflow.wake(kept?.data.token ?? '', step as never)).toBe(true);
}
