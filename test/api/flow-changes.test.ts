/** Over HTTP: what changed flows do to open grants. The plan, applying it, and the run; for whom, and how each refuses. */
import { beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../shared/usecases/load-config.ts';
import { aGrant, anIntegration, at, noon, theSystem } from '../support/builders.ts';
import { byWriteFlow, flows, of, people } from './organisation.ts';
import { createWorld, type World } from './world.ts';

const everybody = people.filter(({ active }) => active).map(({ id }) => id);
const noDigest = `0-0-${'0'.repeat(32)}`;

let world: World;

/** Two grants of the read flow, which now allows 10 minutes; one that waits by the write flow, which is for nobody now. */
beforeEach(async () => {
  world = await createWorld();
  await world.put(
    aGrant('active', { ...of('ada'), id: 'g1', dueAt: at(901) }),
    aGrant('active', { ...of('bo'), id: 'g2', requestId: 'r2', expiresAt: at(300), dueAt: at(300) }),
    aGrant('pending', { ...of('ada'), ...byWriteFlow(), id: 'g3', requestId: 'r3', dueAt: at(86_400) }),
  );
  const changed = flows.map((flow) => {
    if (flow.id === 'orders-read')
      return { ...flow, onChange: 'shorten' as const, lifetime: { default: 60, max: 600, rules: [] } };
    return flow.id === 'orders-write' ? { ...flow, onChange: 'revoke' as const, requesters: [] } : flow;
  });
  await loadConfig(world.ports, { flows: changed, integrations: [anIntegration()] }, theSystem('deploy'));
  world.setNow(noon + 10_000);
});

async function apply(by = 'root', headers = {}) {
  const { digest } = (await world.call('root', '/flows/plan')).body;
  return world.post(by, '/flows/apply', { expect: digest, reason: 'shorter days' }, headers);
}

test('the plan says what would happen to each grant, why, and until when, the gravest first', async () => {
  const { status, body } = await world.call('ava', '/flows/plan');
  expect(status).toBe(200);
  expect(body).toEqual({
    counts: { keep: 1, shorten: 1, revoke: 1 },
    digest: expect.stringMatching(/^1-1-[0-9a-f]{32}$/),
    items: [
      expect.objectContaining({ grantId: 'g3', status: 'pending', action: 'revoke' }),
      {
        grantId: 'g1',
        status: 'active',
        grantee: { id: 'ada', name: 'Ada' },
        entitlement: { integration: 'orders-db', resource: 'orders', permission: 'read' },
        flow: { id: 'orders-read', from: 1, to: 2 },
        action: 'shorten',
        why: 'The flow orders-read allows 10m now.',
        endsNow: at(901),
        endsThen: at(601),
      },
      expect.objectContaining({ grantId: 'g2', action: 'keep', endsNow: at(300) }),
    ],
  });
});

test('the plan is paged, and asking for it writes nothing', async () => {
  const before = world.writes();
  const first = await world.call('root', '/flows/plan?limit=2');
  const second = await world.call('root', `/flows/plan?limit=2&cursor=${first.body.next}`);
  const ids = [...first.body.items, ...second.body.items].map((item: { grantId: string }) => item.grantId);
  expect(ids).toEqual(['g3', 'g1', 'g2']);
  expect(second.body).toMatchObject({ counts: first.body.counts, digest: first.body.digest });
  expect(world.writes()).toBe(before);
});

test('applying is a run that can be read, with an outcome per grant', async () => {
  const { status, body } = await apply();
  expect(status).toBe(202);
  const run = await world.call('root', `/runs/${body.runId}`);
  expect(run.body).toMatchObject({
    id: body.runId,
    kind: 'flow_change',
    state: 'done',
    by: { id: 'root' },
    reason: 'shorter days',
    counts: { keep: 1, shorten: 1, revoke: 1 },
    total: 2,
    settled: 2,
    outcomes: { shortened: 1, revoke_asked: 1, already_closed: 0, not_due: 0, failed: 0 },
    left: 0,
    items: [
      { grantId: 'g1', outcome: 'shortened', at: at(10) },
      { grantId: 'g3', outcome: 'revoke_asked', at: at(10) },
    ],
  });
  expect((await world.call('ada', '/grants/g1')).body).toMatchObject({
    expiresAt: at(601),
    duration: '10m',
    maxDuration: '10m',
  });
  expect((await world.call('ada', '/grants/g3')).body).toMatchObject({
    status: 'cancelled',
    wanted: { cause: 'flow_changed' },
  });
});

test('another plan than the one that was seen is a 409 that says what changed, and nothing is done', async () => {
  const before = world.writes();
  const { status, body } = await world.post('root', '/flows/apply', { expect: noDigest, reason: 'why' });
  expect(status).toBe(409);
  expect(body).toMatchObject({ code: 'StateConflict', detail: expect.stringContaining('Nothing was done') });
  expect(body.detail).toContain('shorten 0 then and 1 now');
  expect(world.writes()).toBe(before);
});

test('the same key begins one run; with another body it is a 409', async () => {
  const key = { 'idempotency-key': 'k1' };
  const { digest } = (await world.call('root', '/flows/plan')).body;
  const body = { expect: digest, reason: 'why' };
  const first = await world.post('root', '/flows/apply', body, key);
  const again = await world.post('root', '/flows/apply', body, key);
  expect(again.status).toBe(202);
  expect(again.body).toEqual(first.body);
  expect(await world.post('root', '/flows/apply', { ...body, reason: 'else' }, key)).toMatchObject({
    status: 409,
    body: { code: 'IdempotencyMismatch' },
  });
});

test.each([
  [{ reason: 'why' }, '$.expect'],
  [{ expect: 'abc', reason: 'why' }, '$.expect'],
  [{ expect: noDigest }, '$.reason'],
  [{ expect: noDigest, reason: ' ' }, '$.reason'],
  [{ expect: noDigest, reason: 'why', force: true }, '$.force'],
])('%j is malformed at %s', async (body, path) => {
  const answer = await world.post('root', '/flows/apply', body);
  expect(answer.status).toBe(400);
  expect(answer.body.errors[0].path).toBe(path);
});

describe('who may', () => {
  test.each(everybody)('see the plan: %s', async (who) => {
    const { status } = await world.call(who, '/flows/plan');
    expect(status).toBe(['root', 'ava'].includes(who) ? 200 : 403);
  });

  test.each(everybody.filter((who) => who !== 'root'))('not apply it: %s', async (who) => {
    const before = world.writes();
    expect((await apply(who)).status).toBe(403);
    expect(world.writes()).toBe(before);
  });

  test.each(everybody)('read a run: %s', async (who) => {
    const { runId } = (await apply()).body;
    const { status, body } = await world.call(who, `/runs/${runId}`);
    expect(status).toBe(['root', 'ava'].includes(who) ? 200 : 404);
    if (status === 404)
      expect({ ...body, correlationId: '' }).toEqual({
        ...(await world.call(who, '/runs/rn_never')).body,
        correlationId: '',
      });
  });

  test('not without a token', async () => {
    for (const path of ['/flows/plan', '/runs/rn_1'])
      expect((await world.call(undefined, path)).status).toBe(401);
    expect((await world.post('forged', '/flows/apply', { expect: noDigest, reason: 'why' })).status).toBe(
      401,
    );
  });
});

test('the flows say what a change of them does', async () => {
  const { items } = (await world.call('ada', '/flows')).body;
  const said = items.map(({ id, onChange }: { id: string; onChange: string }) => `${id} ${onChange}`);
  expect(said.slice(0, 3)).toEqual(['orders-read shorten', 'orders-write revoke', 'orders-admin keep']);
});
