/** Asking for access: what is made of a request, and what is refused before anything is written. */
import { describe, expect, it } from 'vitest';
import type { Person } from '../../shared/model/person.ts';
import { type Submission, submitRequest } from '../../shared/usecases/submit-request.ts';
import { aFlow, aPerson } from '../support/builders.ts';
import { allGrants, eventsOf } from '../support/check-invariants.ts';
import { createWorld, someFlows, somePeople, type World } from '../support/world.ts';

const wish = (permission: string, more = {}) => ({
  integration: 'orders-db',
  resource: 'orders',
  permission,
  ...more,
});

function submit(world: World, asked: Partial<Submission> = {}, by = 'ana') {
  const entitlements = [wish('read')];
  return submitRequest(world.ports, {
    by: world.person(by),
    channel: 'http',
    entitlements,
    reason: 'OPS-1',
    ...asked,
  });
}

async function made(world: World, asked: Partial<Submission> = {}, by = 'ana') {
  const answer = await submit(world, asked, by);
  if (answer.dryRun) throw new Error('a dry run');
  return answer;
}

async function refused(world: World, asked: Partial<Submission>, answer: object, by = 'ana') {
  await expect(submit(world, asked, by)).rejects.toMatchObject(answer);
  expect(await allGrants(world)).toEqual([]);
}

describe('a request', () => {
  it('opens one grant per entitlement, each after its own flow', async () => {
    const world = await createWorld({ deaf: true });
    const { request, grants } = await made(world, {
      entitlements: [wish('read'), wish('write'), wish('oncall')],
    });
    expect(request.grantIds).toEqual(grants.map(({ id }) => id));
    expect(grants.map(({ status }) => status)).toEqual(['approved', 'pending', 'approved']);
    expect(grants.map(({ flow }) => flow.id)).toEqual(['orders-read', 'orders-write', 'orders-oncall']);
    expect(grants[1]).toMatchObject({
      decideBy: '2026-11-25T12:00:00.000Z',
      lifetimeSeconds: 900,
      maxSeconds: 3600,
    });
  });

  it('S4 is on record with who, what, why, and the rule that set the lifetime', async () => {
    const world = await createWorld({ deaf: true });
    const { grants } = await made(world, { durationSeconds: 120, reason: "Robert'); DROP TABLE grants;--" });
    const [event] = await eventsOf(world, grants[0]?.id ?? '');
    expect(event).toMatchObject({
      type: 'RequestSubmitted',
      seq: 1,
      before: null,
      actor: { kind: 'person', id: 'ana' },
      reason: "Robert'); DROP TABLE grants;--",
      details: { lifetimeSeconds: 120, rule: 'flow:orders-read lifetime', flow: 'orders-read', version: 1 },
    });
  });

  it('P2 whose execution cannot be started is made all the same, and due', async () => {
    const world = await createWorld({ deaf: true });
    world.ports.workflow = { start: () => Promise.reject(new Error('no')), wake: async () => false };
    const { grants } = await made(world);
    expect(grants[0]?.dueAt).toBeDefined();
  });

  it('that is a dry run says what would happen, and writes nothing', async () => {
    const world = await createWorld();
    const answer = await submit(world, {
      dryRun: true,
      entitlements: [wish('write')],
      idempotency: { key: 'k', bodyHash: 'h' },
    });
    const policy = { anyOf: [{ group: 'data-owners' }, { manager: true }] };
    expect(answer).toMatchObject({
      dryRun: true,
      plan: [{ approval: policy, rule: 'flow:orders-write lifetime' }],
    });
    expect(await allGrants(world)).toEqual([]);
    expect((await made(world, { idempotency: { key: 'k', bodyHash: 'other' } })).replayed).toBe(false);
  });
});

describe('A8 a request made again', () => {
  const idempotency = { key: 'k1', bodyHash: 'h1' };

  it('with the same key and body gets the first answer, and makes nothing', async () => {
    const world = await createWorld();
    const first = await made(world, { idempotency });
    const second = await made(world, { idempotency });
    expect(second).toMatchObject({ replayed: true, request: { id: first.request.id } });
    expect(await allGrants(world)).toHaveLength(1);
  });

  it('ten times at one moment makes one', async () => {
    const world = await createWorld();
    const answers = await Promise.all(Array.from({ length: 10 }, () => made(world, { idempotency })));
    expect(new Set(answers.map(({ request }) => request.id)).size).toBe(1);
    expect(await allGrants(world)).toHaveLength(1);
  });

  it('with the same key and another body is refused', async () => {
    const world = await createWorld();
    await made(world, { idempotency });
    const other = { ...idempotency, bodyHash: 'h2' };
    await expect(submit(world, { idempotency: other })).rejects.toMatchObject({
      code: 'IdempotencyMismatch',
    });
  });

  it('with the same key by another person is another request', async () => {
    const world = await createWorld();
    await made(world, { idempotency });
    expect((await made(world, { idempotency }, 'ben')).replayed).toBe(false);
  });

  it('whose first was refused may be repeated with the same key', async () => {
    const world = await createWorld();
    await expect(submit(world, { idempotency, durationSeconds: 999_999 })).rejects.toMatchObject({
      code: 'Refused',
    });
    expect((await made(world, { idempotency })).replayed).toBe(false);
  });
});

describe('nothing is written for a request that', () => {
  it.each<[string, Partial<Submission>, object]>([
    ['names what is not on offer', { entitlements: [wish("x' OR 1=1")] }, { details: { rule: 'catalog' } }],
    [
      'names an unknown integration',
      { entitlements: [wish('read', { integration: 'no' })] },
      { code: 'Refused' },
    ],
    ['is good in one part only', { entitlements: [wish('read'), wish('nonsense')] }, { code: 'Refused' }],
    ['is too long', { durationSeconds: 3601 }, { details: { rule: 'flow:orders-read lifetime' } }],
    ['is for no time', { durationSeconds: 0 }, { code: 'Refused' }],
    ['is for less than no time', { durationSeconds: -5 }, { code: 'Refused' }],
    ['is for a fraction of a second', { durationSeconds: 1.5 }, { code: 'Refused' }],
    ['is for ever', { durationSeconds: Number.POSITIVE_INFINITY }, { code: 'Refused' }],
    [
      'names one thing twice',
      { entitlements: [wish('read'), wish('read')] },
      { details: { rule: 'request.repeats' } },
    ],
    [
      'names 21 things',
      { entitlements: Array.from({ length: 21 }, (_, n) => wish(`p${n}`)) },
      { details: { rule: 'request.size' } },
    ],
    ['names a flow that is not there', { entitlements: [wish('read', { flow: 'no' })] }, { code: 'Refused' }],
    [
      'names a flow of something else',
      { entitlements: [wish('read', { flow: 'orders-write' })] },
      { code: 'Refused' },
    ],
    ['is for somebody else', { forPerson: 'ben' }, { code: 'Forbidden' }],
    ['is for nobody known', { forPerson: 'nobody' }, { code: 'Forbidden' }],
  ])('%s', async (_, asked, answer) => {
    await refused(await createWorld(), asked, answer);
  });

  it('does not name what its flow wants named', async () => {
    const reason = { pattern: '[A-Z]+-[0-9]+', hint: 'a ticket' };
    const world = await createWorld({ flows: [aFlow({ reason })] });
    await refused(
      world,
      { reason: 'please' },
      { code: 'Refused', message: 'The reason must name a ticket.' },
    );
    expect((await made(world, { reason: 'for OPS-12' })).grants).toHaveLength(1);
  });

  it('is about the login of somebody who has none', async () => {
    await refused(
      await createWorld(),
      { entitlements: [wish('oncall')] },
      { details: { rule: 'people.dora.logins' } },
      'dora',
    );
  });

  it('is by somebody for whom the flow is not', async () => {
    const world = await createWorld({ flows: [aFlow({ requesters: [{ group: 'engineers' }] })] });
    await refused(world, {}, { code: 'Refused' }, 'dora');
  });
});

describe('A6 approvers who cannot be', () => {
  const asking = async (people: Person[], policy: object) => {
    const flows = [aFlow({ approval: policy as never })];
    return createWorld({ flows, people });
  };
  const ana = somePeople[0] as Person;

  it.each<[string, Person[], object]>([
    ['nobody is in the group', [ana], { anyOf: [{ group: 'empty' }] }],
    ['the person named is gone', [ana], { anyOf: [{ person: 'zoe' }] }],
    ['there is no manager', [aPerson('ana')], { anyOf: [{ manager: true }] }],
    [
      'nobody there is active',
      [ana, aPerson('dora', { groups: ['data-owners'], active: false })],
      { anyOf: [{ group: 'data-owners' }] },
    ],
    [
      'A5 only the requester could',
      [aPerson('ana', { groups: ['data-owners'] })],
      { anyOf: [{ group: 'data-owners' }] },
    ],
    [
      'A4 one person would have to be two',
      [ana, aPerson('dora', { groups: ['a', 'b'] })],
      { allOf: [{ group: 'a' }, { group: 'b' }] },
    ],
  ])('are a refusal, never an approval: %s', async (_, people, policy) => {
    await refused(
      await asking(people, policy),
      {},
      { code: 'Refused', details: { rule: 'flow:orders-read approval' } },
    );
  });
});

describe('a request in somebody else’s name', () => {
  it.each(['mia', 'adam'])('is for admins and their manager: %s', async (by) => {
    const world = await createWorld();
    const { grants } = await made(world, { forPerson: 'ana', entitlements: [wish('write')] }, by);
    expect(grants[0]).toMatchObject({ requester: { id: by }, grantee: { id: 'ana' } });
  });

  it('is refused for somebody who left', async () => {
    const people = [...somePeople, aPerson('leo', { manager: 'mia', active: false })];
    await refused(await createWorld({ people }), { forPerson: 'leo' }, { code: 'Refused' }, 'mia');
  });

  it('follows what the flows say of who gets the access, not of who asks', async () => {
    const flows = [aFlow({ requesters: [{ person: 'adam' }] }), ...someFlows.slice(1)];
    await refused(await createWorld({ flows }), { forPerson: 'ana' }, { code: 'Refused' }, 'adam');
  });
});
