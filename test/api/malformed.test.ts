/** Bad input of every kind gets a clear 4xx, and changes nothing. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Body, createWorld, type World } from './world.ts';

let world: World;
let before: number;
beforeEach(async () => {
  world = await createWorld();
  before = world.writes();
});
afterEach(() => {
  expect(world.writes()).toBe(before);
  expect(world.log).toEqual([]);
});

const wanted = { integration: 'orders-db', resource: 'orders', permission: 'read' };
const good = { entitlements: [wanted], reason: 'Order 4711 is stuck' };
const json = { 'content-type': 'application/json' };

function send(body: Body, headers: Record<string, string> = json) {
  return world.call('ada', '/requests', { method: 'POST', headers, body });
}

test.each([
  ['a negative duration', { ...good, duration: '-5m' }, '$.duration'],
  ['a zero duration', { ...good, duration: '0s' }, '$.duration'],
  ['a huge duration', { ...good, duration: '99999d' }, '$.duration'],
  ['a number for a duration', { ...good, duration: 900 }, '$.duration'],
  ['no reason', { entitlements: [wanted] }, '$.reason'],
  ['a blank reason', { ...good, reason: ' \n\t\u200b ' }, '$.reason'],
  ['a reason of 1,001 characters', { ...good, reason: 'x'.repeat(1001) }, '$.reason'],
  ['a reason with NUL', { ...good, reason: 'a\u0000b' }, '$.reason'],
  ['a reason with an escape', { ...good, reason: 'a\u001b[31m' }, '$.reason'],
  ['a reason with a C1 control', { ...good, reason: 'a\u0085b' }, '$.reason'],
  ['a reason that turns the direction of writing', { ...good, reason: 'a\u202eb' }, '$.reason'],
  ['a reason with half a surrogate pair', { ...good, reason: 'a\ud800b' }, '$.reason'],
  ['no entitlement', { ...good, entitlements: [] }, '$.entitlements'],
  ['21 entitlements', { ...good, entitlements: Array.from({ length: 21 }, () => wanted) }, '$.entitlements'],
  ['an unknown field', { ...good, admin: true }, '$.admin'],
  [
    'an unknown field of an entitlement',
    { ...good, entitlements: [{ ...wanted, role: 'x' }] },
    '$.entitlements[0].role',
  ],
  ['a prototype', JSON.parse('{"__proto__":{"dryRun":true},"reason":"r"}'), '$.entitlements'],
  [
    'SQL in an identifier',
    { ...good, entitlements: [{ ...wanted, resource: 'orders"; DROP TABLE x; --' }] },
    '$.entitlements[0].resource',
  ],
  [
    'an upper-case integration',
    { ...good, entitlements: [{ ...wanted, integration: 'Orders' }] },
    '$.entitlements[0].integration',
  ],
  ['a person that is no id', { ...good, for: 'Ada Lovelace' }, '$.for'],
  ['a list', [good], '$'],
  ['null', null, '$'],
])('%s is refused with its path', async (_, body, path) => {
  const answer = await send(JSON.stringify(body));
  expect(answer.status).toBe(400);
  expect(answer.headers.get('content-type')).toMatch('application/problem+json');
  expect(answer.body).toMatchObject({ code: 'Malformed', type: '/problems/malformed', status: 400 });
  expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(path);
});

test('what is no JSON, and no UTF-8, is refused', async () => {
  for (const text of ['', '{', '{"a":1}}', 'reason=x', "{'a': 1}"])
    expect((await send(text)).status).toBe(400);
  const latin1 = Buffer.from(JSON.stringify({ ...good, reason: 'Müller' }), 'latin1');
  const answer = await send(new Uint8Array(latin1));
  expect(answer.status).toBe(400);
  expect(answer.body.detail).toMatch('UTF-8');
});

test.each([
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/jsonp',
  'application/json; charset=latin1',
])('the content type %s is not supported', async (type) => {
  const answer = await send(JSON.stringify(good), { 'content-type': type });
  expect([answer.status, answer.body.code]).toEqual([415, 'UnsupportedType']);
});

test('a compressed body is not supported', async () => {
  expect((await send('x', { ...json, 'content-encoding': 'gzip' })).status).toBe(415);
});

test('a body over 64 KiB is too large, with and without its length', async () => {
  const large = JSON.stringify({ ...good, reason: 'x'.repeat(70_000) });
  expect((await send(large, { ...json, 'content-length': String(large.length) })).status).toBe(413);
  const stream = new ReadableStream({
    pull(controller) {
      controller.enqueue(new Uint8Array(1024).fill(120));
    },
  });
  expect((await send(stream)).body.code).toBe('TooLarge');
});

test('a length that is a lie does not let a large body in', async () => {
  const large = JSON.stringify({ ...good, reason: 'x'.repeat(70_000) });
  expect((await send(large, { ...json, 'content-length': '10' })).status).toBe(413);
});

test('ids that cannot be ids, and addresses that are none, are not found', async () => {
  const paths = [
    '/grants/UPPER',
    '/grants/a%20b',
    `/grants/${'x'.repeat(100)}`,
    "/grants/'%20OR%201=1",
    '/grants/%00',
    '/grants/%zz',
    '/flows/../me/x',
    '/nowhere',
    '/me/',
    '//me',
  ];
  for (const path of paths) expect([path, (await world.call('root', path)).status]).toEqual([path, 404]);
});

test.each([
  '/grants?limit=0',
  '/grants?limit=201',
  '/grants?limit=-1',
  '/grants?limit=1e2',
  '/grants?limit=',
  '/grants?limit=10&limit=20',
  '/grants?status=alive',
  '/grants?status=active,,closed',
  '/grants?grantee=Ada%20L',
  '/grants?endsBefore=tomorrow',
  '/grants?endsBefore=2026-02-30T00:00:00Z',
  '/grants?unknown=1',
  '/grants?cursor=nonsense',
  '/grants?resource=%ff%fe',
  '/catalog?q=%ff',
  '/catalog?cursor=W10',
  '/requests?waiting=you',
  '/requests?waiting=me&requester=me',
  '/me?x=1',
  '/flows/orders-read/explain?entitlement=orders',
])('%s is malformed', async (path) => {
  const answer = await world.call('root', path);
  expect([answer.status, answer.body.code]).toEqual([400, 'Malformed']);
  expect(answer.body.errors[0].path).toMatch(/^query/);
});

test.each(['', 'a b', 'x'.repeat(129), 'schlüssel'])('the idempotency key "%s" is malformed', async (key) => {
  const answer = await world.post('ada', '/requests', good, { 'idempotency-key': key });
  expect(answer.status).toBe(400);
  expect(answer.body.errors[0].path).toBe('header.Idempotency-Key');
});

test('another method says which there are', async () => {
  for (const [path, method, allow] of [
    ['/requests', 'DELETE', 'POST, GET, HEAD'],
    ['/me', 'POST', 'GET, HEAD'],
    ['/grants/g1/revoke', 'GET', 'POST'],
    ['/grants/g1', 'OPTIONS', 'GET, HEAD'],
  ] as const) {
    const answer = await world.call('ada', path, { method });
    expect([path, answer.status, answer.headers.get('allow')]).toEqual([path, 405, allow]);
    expect(answer.body.code).toBe('MethodNotAllowed');
  }
});

test('a route without a body takes none', async () => {
  expect((await world.post('ada', '/grants/g1/credentials', { user: 'x' })).status).toBe(400);
});
