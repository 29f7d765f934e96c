/** The approver's inbox holds what waits for them and nothing else; one's own requests are all there. */
import { expect, test } from 'vitest';
import { refOf } from '../../shared/model/person.ts';
import { findRequests } from '../../shared/usecases/find-requests.ts';
import { byWriteFlow, decision, of, personOf } from '../api/organisation.ts';
import { createWorld, type World } from '../api/world.ts';
import { aGrant } from '../support/builders.ts';

async function inbox(world: World, who: string, limit = 50): Promise<{ request: string; shown: string[] }[]> {
  const found = [];
  let cursor: string | undefined;
  do {
    const paging = { limit, cursor };
    const page = await findRequests(world.ports, { by: personOf(who), list: 'waiting', paging });
    found.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  return found.map(({ request, shown }) => ({ request: request.id, shown: shown.map((grant) => grant.id) }));
}

const both = { allOf: [{ group: 'data-owners' }, { group: 'security' }] };

test('lies before everybody whom the flow names: the group, and the manager of whom it is for', async () => {
  const world = await createWorld();
  await world.put(aGrant('pending', { ...of('ada'), ...byWriteFlow() }));
  const wanted = [{ request: 'r1', shown: ['g1'] }];
  for (const who of ['dora', 'otto', 'mia']) expect([who, await inbox(world, who)]).toEqual([who, wanted]);
  for (const who of ['ada', 'bo', 'sam', 'root', 'eve'])
    expect([who, await inbox(world, who)]).toEqual([who, []]);
});

test('shows a request once, with only the grants that wait for the caller', async () => {
  const world = await createWorld();
  const one = { ...of('ada'), requestId: 'r1' };
  await world.put(
    aGrant('active', { ...one, id: 'g1' }),
    aGrant('pending', { ...one, ...byWriteFlow(), id: 'g2' }),
    aGrant('pending', {
      ...one,
      ...byWriteFlow(),
      id: 'g3',
      approval: { policy: { anyOf: [{ group: 'security' }] }, selfApproval: false },
    }),
    aGrant('pending', {
      ...one,
      ...byWriteFlow(),
      id: 'g4',
      approval: { policy: { anyOf: [{ person: 'dora' }, { group: 'data-owners' }] }, selfApproval: false },
    }),
  );
  expect(await inbox(world, 'dora', 1)).toEqual([{ request: 'r1', shown: ['g2', 'g4'] }]);
  expect(await inbox(world, 'sam')).toEqual([{ request: 'r1', shown: ['g3'] }]);
});

test('leaves out what the caller has decided, and nobody else has yet', async () => {
  const world = await createWorld();
  const approval = { policy: both, selfApproval: false };
  await world.put(
    aGrant('pending', { ...of('ada'), ...byWriteFlow(), approval, decisions: [decision('dora')] }),
  );
  expect(await inbox(world, 'dora')).toEqual([]);
  expect(await inbox(world, 'sam')).toEqual([{ request: 'r1', shown: ['g1'] }]);
});

test('never asks anybody about their own request', async () => {
  const world = await createWorld();
  await world.put(
    aGrant('pending', {
      grantee: refOf(personOf('ada')),
      requester: refOf(personOf('dora')),
      ...byWriteFlow(),
    }),
  );
  expect(await inbox(world, 'dora')).toEqual([]);
  expect(await inbox(world, 'otto')).toHaveLength(1);
});

test('what was decided since the index was read is gone', async () => {
  const world = await createWorld();
  await world.put(aGrant('pending', { ...of('ada'), ...byWriteFlow() }));
  const { query } = world.ports.table;
  const stale = await query({ index: 'waiting', partition: 'WAITING#group:data-owners', limit: 10 });
  expect(stale.items).toHaveLength(1);
  await world.post('dora', '/requests/r1/reject', {});
  world.ports.table.query = async <T>(asked: Parameters<typeof query>[0]) =>
    asked.index === 'waiting' && asked.partition.endsWith('data-owners')
      ? (stale as Awaited<ReturnType<typeof query<T>>>)
      : query<T>(asked);
  expect(await inbox(world, 'otto')).toEqual([]);
});

test('pages through everything that waits, what waits longest first', async () => {
  const world = await createWorld();
  const days = ['03', '01', '02', '05', '04'];
  await world.put(
    ...days.map((day) =>
      aGrant('pending', {
        ...of('ada'),
        ...byWriteFlow(),
        id: `g${day}`,
        requestId: `r${day}`,
        createdAt: `2026-11-${day}T00:00:00.000Z`,
      }),
    ),
  );
  for (const limit of [1, 2, 50])
    expect((await inbox(world, 'mia', limit)).map(({ request }) => request)).toEqual([
      'r01',
      'r02',
      'r03',
      'r04',
      'r05',
    ]);
});

test('one’s own requests are listed with all their grants, newest first', async () => {
  const world = await createWorld();
  const grantee = refOf(personOf('bo'));
  await world.put(
    aGrant('revoked', { ...of('ada'), id: 'g1', requestId: 'r1' }),
    aGrant('active', {
      ...of('ada'),
      grantee,
      id: 'g2',
      requestId: 'r2',
      createdAt: '2026-11-24T13:00:00.000Z',
    }),
    aGrant('active', { ...of('bo'), id: 'g3', requestId: 'r3' }),
  );
  const { items } = await findRequests(world.ports, { by: personOf('ada'), list: 'mine', paging: {} });
  expect(items.map(({ request, shown }) => [request.id, shown.length])).toEqual([
    ['r2', 1],
    ['r1', 1],
  ]);
});
