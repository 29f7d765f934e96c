/** Lists of grants hold exactly what the caller may see and the filter asks for: nothing twice, nothing left out, in bounded pages. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GrantFilter } from '../../shared/lifecycle/grant-sources.ts';
import type { Grant, GrantStatus } from '../../shared/model/grant.ts';
import { refOf } from '../../shared/model/person.ts';
import type { Item } from '../../shared/ports.ts';
import { findGrants } from '../../shared/usecases/find-grants.ts';
import { byWriteFlow, decision, of, people, personOf } from '../api/organisation.ts';
import { createWorld, type World } from '../api/world.ts';
import { aGrant, at } from '../support/builders.ts';

const statuses: GrantStatus[] = ['pending', 'approved', 'active', 'revoke_failed', 'rejected', 'revoked'];
const privileged = ['root', 'ron', 'ava'];
const callers = people.filter((person) => person.active).map((person) => person.id);

/** All pages. Fails on an endless list and on a page that is too long. */
async function listAll(world: World, who: string, filter: GrantFilter, limit: number): Promise<Grant[]> {
  const found: Grant[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < 200; pages++) {
    const page = await findGrants(world.ports, { by: personOf(who), filter, paging: { limit, cursor } });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    found.push(...page.items);
    if (page.next === undefined) return found;
    cursor = page.next;
  }
  throw new Error('the list does not end');
}

const ids = (grants: Grant[]) => grants.map((grant) => grant.id);

/** Who may see it, told a second time and in other words than the product does. */
function maySee(who: string, grant: Grant): boolean {
  const person = personOf(who);
  const mine = grant.grantee.id === who || grant.requester.id === who;
  const decided = grant.decisions.some((one) => one.by.id === who);
  const manages = personOf(grant.grantee.id).manager === who;
  const decides =
    grant.flow.id === 'orders-write' && !mine && (person.groups.includes('data-owners') || manages);
  return privileged.includes(who) || mine || decided || decides;
}

const someGrant = fc
  .record({
    status: fc.constantFrom(...statuses),
    grantee: fc.constantFrom('ada', 'bo', 'eve'),
    requester: fc.constantFrom('ada', 'bo', 'mia', 'dora'),
    written: fc.boolean(),
    decider: fc.constantFrom(undefined, 'dora', 'otto', 'sam'),
    month: fc.integer({ min: 1, max: 11 }),
    sibling: fc.boolean(),
  })
  .map(({ status, grantee, requester, written, decider, month, sibling }) => (n: number): Grant => {
    const createdAt = `2026-${String(month).padStart(2, '0')}-03T10:00:00.000Z`;
    const needsDecision = written || status === 'pending' || status === 'rejected';
    return aGrant(status, {
      id: `g${n}`,
      requestId: sibling ? `r-${grantee}-${requester}` : `r${n}`,
      grantee: refOf(personOf(grantee)),
      requester: refOf(personOf(requester)),
      createdAt,
      ...(status === 'pending' || status === 'active' ? { dueAt: at(n) } : {}),
      ...(['approved', 'revoke_failed'].includes(status) ? { dueAt: at(n) } : {}),
      ...(needsDecision && byWriteFlow()),
      ...(needsDecision && decider && { decisions: [decision(decider)] }),
    });
  });

const someFilter: fc.Arbitrary<GrantFilter> = fc.record(
  {
    status: fc.constantFrom<GrantStatus[]>(
      ['pending'],
      ['active', 'revoke_failed'],
      ['revoked', 'active'],
      ['rejected'],
    ),
    grantee: fc.constantFrom('ada', 'bo'),
    integration: fc.constantFrom('orders-db', 'other-db'),
    resource: fc.constantFrom('orders', 'order'),
    flow: fc.constantFrom('orders-read', 'orders-write'),
    approver: fc.constantFrom('dora', 'otto'),
    environment: fc.constantFrom('production', 'staging'),
    endsBefore: fc.constantFrom(at(900), at(902)),
  },
  { requiredKeys: [] },
);

function fits(grant: Grant, filter: GrantFilter): boolean {
  const end = 'expiresAt' in grant ? grant.expiresAt : undefined;
  const decided = grant.decisions.map((one) => one.by.id);
  return [
    !filter.status || filter.status.includes(grant.status),
    !filter.grantee || filter.grantee === grant.grantee.id,
    !filter.integration || filter.integration === grant.entitlement.integration,
    !filter.resource || filter.resource === grant.entitlement.resource,
    !filter.flow || filter.flow === grant.flow.id,
    !filter.approver || decided.includes(filter.approver),
    !filter.environment || filter.environment === grant.environment,
    !filter.endsBefore || (end !== undefined && end < filter.endsBefore),
  ].every(Boolean);
}

test('everybody gets exactly what they may see and asked for, whatever the filter and the size of pages', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(someGrant, { minLength: 1, maxLength: 12 }),
      fc.array(fc.tuple(fc.constantFrom(...callers), someFilter, fc.integer({ min: 1, max: 5 })), {
        minLength: 8,
        maxLength: 8,
      }),
      async (makers, searches) => {
        const world = await createWorld();
        const grants = makers.map((make, n) => make(n));
        await world.put(...grants);
        for (const [who, filter, limit] of searches) {
          const expected = grants.filter((grant) => maySee(who, grant) && fits(grant, filter));
          const found = await listAll(world, who, filter, limit);
          expect({ who, filter, ids: ids(found).toSorted() }).toEqual({
            who,
            filter,
            ids: ids(expected).toSorted(),
          });
        }
      },
    ),
    { numRuns: 25 },
  );
});

test('an admin without a filter gets the newest first, over months', async () => {
  const world = await createWorld();
  const made = ['2026-03-01', '2026-11-24', '2026-06-30', '2026-07-01'].map((day, n) =>
    aGrant('revoked', { id: `g${n}`, requestId: `r${n}`, createdAt: `${day}T00:00:00.000Z` }),
  );
  await world.put(...made);
  expect(ids(await listAll(world, 'root', {}, 2))).toEqual(['g1', 'g3', 'g2', 'g0']);
});

test('a status is that of the grant now, not that of a stale index', async () => {
  const world = await createWorld();
  await world.put(aGrant('revoked', { ...of('ada') }));
  const { query } = world.ports.table;
  const staleItem = (item: Item) => ({ ...item, data: { ...(item.data as object), status: 'active' } });
  world.ports.table.query = async (asked) => {
    const page = await query(asked);
    return { ...page, items: page.items.map(staleItem) as never[] };
  };
  expect(await listAll(world, 'ada', { status: ['active'] }, 10)).toEqual([]);
  expect(ids(await listAll(world, 'ada', { status: ['revoked'] }, 10))).toEqual(['g1']);
});

test('a page stays bounded however little of what it reads may be shown', async () => {
  const world = await createWorld();
  const many = Array.from({ length: 600 }, (_, n) =>
    aGrant('revoked', { ...of('ada'), id: `g${n}`, requestId: `r${n}` }),
  );
  await world.put(...many);
  const { get } = world.ports.table;
  let reads = 0;
  world.ports.table.get = async (key) => {
    reads++;
    return get(key);
  };
  const first = await findGrants(world.ports, {
    by: personOf('eve'),
    filter: { grantee: 'ada' },
    paging: {},
  });
  expect(first.items).toEqual([]);
  expect(first.next).toBeDefined();
  expect(reads).toBeLessThanOrEqual(500);
  expect(await listAll(world, 'eve', { grantee: 'ada' }, 50)).toEqual([]);
});

test('a cursor is of one list and one caller only', async () => {
  const world = await createWorld();
  await world.put(
    ...[1, 2, 3].map((n) => aGrant('active', { ...of('ada'), id: `g${n}`, requestId: `r${n}` })),
  );
  const search = { by: personOf('ada'), filter: { grantee: 'ada' }, paging: { limit: 1 } };
  const { next } = await findGrants(world.ports, search);
  const again = (changed: object) =>
    findGrants(world.ports, { ...search, ...changed, paging: { limit: 1, cursor: next } });
  expect(ids((await again({})).items)).toEqual(['g2']);
  await expect(again({ filter: { grantee: 'ada', status: ['active'] } })).rejects.toMatchObject({
    code: 'Malformed',
  });
  await expect(again({ by: personOf('root') })).rejects.toMatchObject({ code: 'Malformed' });
});

test('somebody who left lists nothing', async () => {
  const world = await createWorld();
  const search = findGrants(world.ports, { by: personOf('gone'), filter: {}, paging: {} });
  await expect(search).rejects.toMatchObject({ code: 'Forbidden' });
});
