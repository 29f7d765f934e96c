/** Asking, deciding and cancelling over HTTP: what each of them answers, and to whom. */
import { beforeEach, expect, test } from 'vitest';
import { byWriteFlow, decision, of } from './organisation.ts';
import { createWorld, type World } from './world.ts';
import { aGrant } from '../support/builders.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});

const entitlement = (permission: string) => ({ integration: 'orders-db', resource: 'orders', permission });
const ask = (permission: string, more: object = {}) => ({
  entitlements: [entitlement(permission)],
  reason: 'Order 4711 is stuck',
  ...more,
});

test('an automatic request is approved at once and its execution started', async () => {
  const { status, body } = await world.post('ada', '/requests', ask('read', { duration: '20s' }));
  expect(status).toBe(201);
  expect(body).toMatchObject({
    status: 'open',
    requester: { id: 'ada' },
    grantee: { id: 'ada' },
    channel: 'http',
  });
  expect(body.grants[0]).toMatchObject({
    status: 'approved',
    open: true,
    entitlement: entitlement('read'),
    duration: '20s',
    maxDuration: '1h',
    approval: 'automatic',
    flow: { id: 'orders-read', version: 1 },
  });
  expect(world.started).toEqual([body.grants[0].id]);
  expect((await world.call('ada', `/requests/${body.id}`)).body).toEqual(body);
});

test('the channel is what the caller says it is', async () => {
  const { body } = await world.post('ada', '/requests', ask('read'), { 'curfew-channel': 'cli' });
  expect(body.channel).toBe('cli');
});

test('a dry run says what would happen, and makes nothing', async () => {
  const before = world.writes();
  const { status, body } = await world.post('ada', '/requests', ask('write', { dryRun: true }));
  expect(status).toBe(200);
  expect(body).toEqual({
    dryRun: true,
    plan: [
      {
        entitlement: entitlement('write'),
        flow: { id: 'orders-write', version: 1 },
        approval: byWriteFlow().approval.policy,
        duration: '15m',
        maxDuration: '1h',
        rule: 'flow:orders-write lifetime',
      },
    ],
  });
  expect(world.writes()).toBe(before);
});

test('too long, not on offer and without a ticket are refused by policy, with the rule', async () => {
  const before = world.writes();
  const bodies = [ask('read', { duration: '2h' }), ask('nothing'), ask('admin')];
  for (const body of bodies) {
    const answer = await world.post('ada', '/requests', body);
    expect([answer.status, answer.body.code]).toEqual([422, 'Refused']);
    expect(answer.body.rule).toEqual(expect.any(String));
    expect(answer.body.detail.length).toBeGreaterThan(20);
  }
  expect(world.writes()).toBe(before);
});

test('a request for somebody else is for their manager and admins', async () => {
  expect((await world.post('bo', '/requests', ask('read', { for: 'ada' }))).status).toBe(403);
  const { status, body } = await world.post('mia', '/requests', ask('read', { for: 'ada' }));
  expect(status).toBe(201);
  expect(body).toMatchObject({ requester: { id: 'mia' }, grantee: { id: 'ada' } });
});

test('the same key and content give the first answer again, in any order of fields', async () => {
  const key = { 'idempotency-key': 'try-1' };
  const first = await world.post('ada', '/requests', ask('read'), key);
  const before = world.writes();
  const { reason, entitlements } = ask('read');
  const again = await world.post('ada', '/requests', { reason, entitlements }, key);
  expect([again.status, again.body]).toEqual([201, first.body]);
  expect(world.writes()).toBe(before);
});

test('the same key with other content is a conflict; another person’s key is their own', async () => {
  const key = { 'idempotency-key': 'try-1' };
  await world.post('ada', '/requests', ask('read'), key);
  const other = await world.post('ada', '/requests', ask('read', { duration: '5m' }), key);
  expect([other.status, other.body.code]).toEqual([409, 'IdempotencyMismatch']);
  expect((await world.post('bo', '/requests', ask('read', { duration: '5m' }), key)).status).toBe(201);
});

test('twenty at once with one key make one request', async () => {
  const key = { 'idempotency-key': 'try-1' };
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => world.post('ada', '/requests', ask('read'), key)),
  );
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([201]));
  expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
});

test.each([
  "'); DROP TABLE grants; --",
  '<script>alert(1)</script>',
  'Zeile eins\n\tZeile zwei 🧯',
  '${jndi:ldap://x}',
])('the reason %j is text: stored and shown as written', async (reason) => {
  const { body } = await world.post('ada', '/requests', ask('read', { reason }));
  expect((await world.call('ada', `/requests/${body.id}`)).body.reason).toBe(reason);
});

test('a reason of 1,000 characters counts them as people do', async () => {
  expect((await world.post('ada', '/requests', ask('read', { reason: '🧯'.repeat(1000) }))).status).toBe(201);
});

test('an approver approves what lies in their inbox, once', async () => {
  const { body } = await world.post('ada', '/requests', ask('write'));
  const inbox = await world.call('dora', '/requests?waiting=me');
  expect(inbox.body.items.map((item: { id: string }) => item.id)).toEqual([body.id]);
  const approved = await world.post('dora', `/requests/${body.id}/approve`);
  expect(approved.status).toBe(200);
  expect(approved.body.results).toEqual([
    { grantId: body.grants[0].id, outcome: 'approved', status: 'approved' },
  ]);
  expect(approved.body.request.grants[0].decisions[0].by.id).toBe('dora');
  expect((await world.call('otto', '/requests?waiting=me')).body.items).toEqual([]);
});

test('who comes second is told who decided', async () => {
  const { body } = await world.post('ada', '/requests', ask('write'));
  await world.post('dora', `/requests/${body.id}/reject`, { reason: 'Not on a Friday' });
  const late = await world.post('otto', `/requests/${body.id}/approve`);
  expect([late.status, late.body.code]).toEqual([409, 'StateConflict']);
  expect(late.body.detail).toMatch('Dora');
});

test('two at once: one decision', async () => {
  const { body } = await world.post('ada', '/requests', ask('write'));
  const answers = await Promise.all(
    ['dora', 'otto', 'mia'].map((who) => world.post(who, `/requests/${body.id}/approve`)),
  );
  expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 409, 409]);
});

test('nobody decides their own request, and who may not see it is not told of it', async () => {
  const { body } = await world.post('ada', '/requests', ask('write'));
  const statuses = await Promise.all(
    ['ada', 'root', 'bo', 'eve'].map(
      async (who) => (await world.post(who, `/requests/${body.id}/approve`)).status,
    ),
  );
  expect(statuses).toEqual([403, 403, 404, 404]);
});

test('a first approval of two is recorded', async () => {
  const { body } = await world.post('ada', '/requests', ask('admin', { reason: 'OPS-12' }));
  const first = await world.post('dora', `/requests/${body.id}/approve`);
  expect(first.body.results[0]).toMatchObject({ outcome: 'recorded', status: 'pending' });
  const second = await world.post('sam', `/requests/${body.id}/approve`);
  expect(second.body.results[0]).toMatchObject({ outcome: 'approved' });
});

test('only the grants named are decided; one of another request is not there', async () => {
  const both = { entitlements: [entitlement('write'), entitlement('admin')], reason: 'OPS-12' };
  const { body } = await world.post('ada', '/requests', both);
  const [write, admin] = body.grants;
  const answer = await world.post('dora', `/requests/${body.id}/approve`, { grants: [write.id] });
  expect(answer.body.results).toHaveLength(1);
  expect((await world.call('ada', `/grants/${admin.id}`)).body.status).toBe('pending');
  expect((await world.post('dora', `/requests/${body.id}/approve`, { grants: ['g999'] })).status).toBe(404);
});

test('the requester cancels, and then nothing is left to decide or cancel', async () => {
  const { body } = await world.post('ada', '/requests', ask('write'));
  expect((await world.post('dora', `/requests/${body.id}/cancel`)).status).toBe(403);
  const cancelled = await world.post('ada', `/requests/${body.id}/cancel`, { reason: 'Solved' });
  expect([cancelled.status, cancelled.body.status, cancelled.body.grants[0].status]).toEqual([
    200,
    'closed',
    'cancelled',
  ]);
  expect((await world.post('ada', `/requests/${body.id}/cancel`)).status).toBe(409);
  expect((await world.post('dora', `/requests/${body.id}/approve`)).status).toBe(409);
});

test('an approver sees only their part of a request', async () => {
  await world.put(
    aGrant('active', { ...of('ada'), id: 'g1' }),
    aGrant('active', { ...of('ada'), ...byWriteFlow(), id: 'g2', decisions: [decision('dora')] }),
  );
  const seen = async (who: string) =>
    (await world.call(who, '/requests/r1')).body.grants.map((one: { id: string }) => one.id);
  expect(await seen('ada')).toEqual(['g1', 'g2']);
  expect(await seen('dora')).toEqual(['g2']);
});
