/** Approvers decide: who may, what counts, and what comes too late. */
import { describe, expect, it } from 'vitest';
import type { Grant } from '../../shared/model/grant.ts';
import type { Person } from '../../shared/model/person.ts';
import { cancelRequest } from '../../shared/usecases/cancel-request.ts';
import { decideRequest } from '../../shared/usecases/decide-request.ts';
import { loadConfig } from '../../shared/usecases/load-config.ts';
import { submitRequest } from '../../shared/usecases/submit-request.ts';
import { approve, becomes, reject } from '../support/acting.ts';
import { aFlow, aPerson, anIntegration, theSystem } from '../support/builders.ts';
import { checkInvariants, eventsOf } from '../support/check-invariants.ts';
import { createWorld, someFlows, somePeople, type World } from '../support/world.ts';

const conflict = { code: 'StateConflict' };
const decisionsOf = async (world: World, { id }: Grant) =>
  (await eventsOf(world, id)).filter(({ type }) => type === 'RequestDecided');

describe('A1 two approvers at once', () => {
  it.each(['write', 'admin'])('make decisions that each count once (%s)', async (permission) => {
    const world = await createWorld();
    const grant = await world.ask(permission);
    const answers = await Promise.allSettled(['dora', 'dan', 'dora'].map((by) => approve(world, by, grant)));
    const lost = answers.filter((answer) => answer.status === 'rejected');
    expect(lost.map((answer) => answer.reason as object)).toMatchObject([conflict, conflict]);
    expect(await decisionsOf(world, grant)).toHaveLength(1);
    await checkInvariants(world);
  });

  it('tell the loser who won', async () => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('write');
    await approve(world, 'dora', grant);
    await expect(approve(world, 'mia', grant)).rejects.toThrow(/approved already, approved by Dora/);
  });
});

describe('A2 a decision that comes too late', () => {
  it('is refused after a cancel', async () => {
    const world = await createWorld();
    const grant = await world.ask('write');
    await cancelRequest(world.ports, { by: world.person('ana'), requestId: grant.requestId });
    await expect(approve(world, 'dora', grant)).rejects.toThrow(/cancelled already, ended by Ana/);
  });

  it('is refused after a rejection', async () => {
    const world = await createWorld();
    const grant = await world.ask('write');
    await reject(world, 'dan', grant);
    await expect(approve(world, 'dora', grant)).rejects.toThrow(/rejected already, rejected by Dan/);
  });

  it('is refused from the deadline on, though no timer has closed the request', async () => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('write');
    await world.clock.advance(86_400);
    for (const decide of [approve, reject])
      await expect(decide(world, 'dora', grant)).rejects.toThrow(/past its deadline/);
    expect((await world.grant(grant.id)).status).toBe('pending');
  });

  it('a moment before the deadline counts', async () => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('write');
    await world.clock.advance(86_399.9);
    await approve(world, 'dora', grant);
    expect((await world.grant(grant.id)).status).toBe('approved');
  });
});

describe('A3 an approval racing a rejection', () => {
  it('in a quorum: one rejection closes, whatever was approved', async () => {
    const world = await createWorld();
    const grant = await world.ask('admin');
    await approve(world, 'dora', grant);
    await Promise.allSettled([approve(world, 'sam', grant), reject(world, 'sam', grant)]);
    const { status } = await world.grant(grant.id);
    expect(['approved', 'granting', 'active', 'rejected']).toContain(status);
    expect(await decisionsOf(world, grant)).toHaveLength(2);
    await checkInvariants(world);
  });

  it('of different people: the first closes it', async () => {
    const world = await createWorld({ deaf: true });
    const grant = await world.ask('admin');
    await reject(world, 'sam', grant);
    await expect(approve(world, 'dora', grant)).rejects.toMatchObject(conflict);
    expect((await world.grant(grant.id)).status).toBe('rejected');
  });
});

describe('A4 one person', () => {
  it('who is in both groups fills one place of two', async () => {
    const both = aPerson('bo', { groups: ['data-owners', 'security'] });
    const world = await createWorld({ people: [...somePeople, both] });
    const grant = await world.ask('admin');
    expect((await approve(world, 'bo', grant)).results).toMatchObject([{ outcome: 'recorded' }]);
    await expect(approve(world, 'bo', grant)).rejects.toMatchObject(conflict);
    expect((await world.grant(grant.id)).status).toBe('pending');
    expect((await approve(world, 'sam', grant)).results).toMatchObject([{ outcome: 'approved' }]);
  });
});

describe('A5 nobody decides their own', () => {
  it.each([
    ['dora asks for herself', 'dora', undefined],
    ['mia asks for her report ana', 'mia', 'ana'],
  ])('%s', async (_, by, forPerson) => {
    const world = await createWorld({ deaf: true });
    const entitlements = [{ integration: 'orders-db', resource: 'orders', permission: 'write' }];
    const asked = {
      by: world.person(by),
      channel: 'http' as const,
      entitlements,
      reason: 'OPS-1',
      forPerson,
    };
    const made = await submitRequest(world.ports, asked);
    if (made.dryRun) throw new Error();
    const grant = made.grants[0] as Grant;
    for (const decide of [approve, reject])
      await expect(decide(world, by, grant)).rejects.toMatchObject({ code: 'Forbidden' });
    expect((await world.grant(grant.id)).decisions).toEqual([]);
  });

  it('not even who gets the access that another asked for', async () => {
    const people = [...somePeople, aPerson('eve', { groups: ['data-owners'], manager: 'mia' })];
    const world = await createWorld({ deaf: true, people });
    const entitlements = [{ integration: 'orders-db', resource: 'orders', permission: 'write' }];
    const asked = {
      by: world.person('mia'),
      channel: 'http' as const,
      entitlements,
      reason: 'OPS-1',
      forPerson: 'eve',
    };
    const made = await submitRequest(world.ports, asked);
    if (made.dryRun) throw new Error();
    await expect(approve(world, 'eve', made.grants[0] as Grant)).rejects.toMatchObject({ code: 'Forbidden' });
  });

  it('unless the flow says so', async () => {
    const approval = { anyOf: [{ group: 'data-owners' }] };
    const world = await createWorld({ deaf: true, flows: [aFlow({ approval, selfApproval: true })] });
    const grant = await world.ask('read', 60, 'dora');
    expect((await approve(world, 'dora', grant)).results).toMatchObject([{ outcome: 'approved' }]);
  });
});

describe('A6 the people of now decide', () => {
  const changed = async (id: string, with_: Partial<Person>) => {
    const people = [...somePeople];
    const world = await createWorld({ deaf: true, people });
    const grant = await world.ask('admin');
    await approve(world, 'dora', grant);
    const at = people.findIndex((person) => person.id === id);
    people[at] = aPerson(id, with_);
    await world.restart();
    return { world, grant };
  };

  it('who has left the group may decide no more', async () => {
    const { world, grant } = await changed('sam', {});
    await expect(approve(world, 'sam', grant)).rejects.toMatchObject({ code: 'NotFound' });
  });

  it('who is not active may decide nothing', async () => {
    const { world, grant } = await changed('sam', { groups: ['security'], active: false });
    await expect(approve(world, 'sam', grant)).rejects.toMatchObject({
      code: expect.stringMatching(/NotFound|Forbidden/),
    });
  });

  it('an approval by somebody who left since counts no longer', async () => {
    const { world, grant } = await changed('dora', {});
    expect((await approve(world, 'sam', grant)).results).toMatchObject([{ outcome: 'recorded' }]);
    expect((await approve(world, 'dan', grant)).results).toMatchObject([{ outcome: 'approved' }]);
  });
});

describe('A7 a flow that is edited meanwhile', () => {
  it('is not what an open request follows: its policy and version are pinned', async () => {
    const world = await createWorld();
    const grant = await world.ask('write', 60);
    const flows = someFlows.map((flow) =>
      flow.id === 'orders-write' ? { ...flow, approval: { anyOf: [{ person: 'otto' }] } } : flow,
    );
    await loadConfig(world.ports, { flows, integrations: [anIntegration()] }, theSystem());
    await expect(approve(world, 'otto', grant)).rejects.toMatchObject({ code: 'Forbidden' });
    await approve(world, 'dora', grant);
    expect(await becomes(world, grant, 'active', 2)).toMatchObject({
      flow: { id: 'orders-write', version: 1 },
    });
  });
});

describe('a request of several grants', () => {
  const several = async (world: World) => {
    const entitlements = ['write', 'admin', 'read'].map((permission) => ({
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
    return made;
  };

  it('is decided where the caller may, with a result for each', async () => {
    const world = await createWorld({ deaf: true });
    const { request } = await several(world);
    const { results } = await approve(world, 'dora', { requestId: request.id });
    expect(results.map(({ outcome }) => outcome)).toEqual(['approved', 'recorded']);
    const { results: second } = await approve(world, 'sam', { requestId: request.id });
    expect(second.map(({ outcome }) => outcome)).toEqual(['approved']);
  });

  it('is decided in part where grants are named, and those of others are not found', async () => {
    const world = await createWorld({ deaf: true });
    const { request, grants } = await several(world);
    const named = { by: world.person('dora'), requestId: request.id, decision: 'approve' as const };
    await decideRequest(world.ports, { ...named, grantIds: [grants[1]?.id ?? ''] });
    expect((await world.grant(grants[0]?.id ?? '')).status).toBe('pending');
    const other = await world.ask('write', 60, 'ben');
    await expect(decideRequest(world.ports, { ...named, grantIds: [other.id] })).rejects.toMatchObject({
      code: 'NotFound',
    });
    await expect(decideRequest(world.ports, { ...named, grantIds: [] })).rejects.toMatchObject(conflict);
  });

  it('does not exist for strangers, nor when it does not', async () => {
    const world = await createWorld({ deaf: true });
    const { request } = await several(world);
    await expect(approve(world, 'ben', { requestId: request.id })).rejects.toMatchObject({
      code: 'NotFound',
    });
    await expect(approve(world, 'dora', { requestId: 'rq_nothing' })).rejects.toMatchObject({
      code: 'NotFound',
    });
  });
});
