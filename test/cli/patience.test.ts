/** Servers that are slow, busy, away, or not Curfew at all. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Answers, type FakeServer, goodToken, problem, startFakeServer } from './fake-server.ts';
import { aGrantId, aGrantView } from './fixtures.ts';
import { curfew, start } from './run-cli.ts';

let server: FakeServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function serving(answers: Answers): Promise<FakeServer> {
  return (server = await startFakeServer(answers));
}

const busy = { ...problem('Conflict', 'Try again.'), headers: { 'retry-after': '1' } };
const grants = { status: 200, body: { items: [aGrantView()] } };

test('tries again when the server asks for patience', async () => {
  const fake = await serving({ findGrants: (_call, times) => (times === 1 ? busy : grants) });
  const { code, stdout } = await curfew(fake, ['access', '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual(grants.body);
});

test('does not try again what would end the same', async () => {
  const refused = { ...problem('TargetRefused', 'orders-db refuses.'), headers: { 'retry-after': '1' } };
  const fake = await serving({ findGrants: () => grants, issueCredentials: () => refused });
  const { code, stderr } = await curfew(fake, ['connect', '--print']);
  expect(code).toBe(7);
  expect(stderr).toContain('orders-db refuses.');
  expect(fake.calls.filter(({ operation }) => operation === 'issueCredentials')).toHaveLength(1);
});

test('does not wait longer than a person would', async () => {
  const fake = await serving({ findGrants: () => ({ ...busy, headers: { 'retry-after': '600' } }) });
  const { code, stderr } = await curfew(fake, ['access']);
  expect(code).toBe(7);
  expect(stderr).toContain('Try again.');
});

test.each([
  [429, 'Too Many Requests', 'asked too much at once, and did nothing.\nTry again'],
  [503, 'Service Unavailable', 'did not answer in time.\nTry again'],
  [504, 'Gateway Timeout', 'did not answer in time.\nTry again'],
])('says what the %i of an API gateway means, and ends with 7', async (status, message, said) => {
  const fake = await serving({ findGrants: () => ({ status, body: { message } }) });
  const { code, stderr } = await curfew(fake, ['access']);
  expect(code).toBe(7);
  expect(stderr).toContain(said);
});

test('asks after a proxy where something else than Curfew or its gateway refuses', async () => {
  const fake = await serving({ findGrants: () => ({ status: 401, body: '<h1>Login</h1>' }) });
  const { code, stderr } = await curfew(fake, ['access']);
  expect(code).toBe(3);
  expect(stderr).toContain('status 401, and not as Curfew does.\nIs CURFEW_URL right');
});

test('waits for a slow answer', async () => {
  const fake = await serving({ findGrants: () => ({ ...grants, afterMs: 2500 }) });
  expect((await curfew(fake, ['access'])).code).toBe(0);
});

test('reads again where the connection broke', async () => {
  const fake = await serving({ findGrants: (_call, times) => (times < 3 ? 'drop' : grants) });
  expect((await curfew(fake, ['access'])).code).toBe(0);
});

test('ends with 7 where nobody listens, and says how to start a server', async () => {
  const fake = await serving({});
  await fake.close();
  server = undefined;
  const { code, stderr } = await start(undefined, ['access'], {
    env: { CURFEW_URL: fake.url, CURFEW_TOKEN: goodToken },
  }).ended;
  expect(code).toBe(7);
  expect(stderr).toMatch(/ECONNREFUSED[^]*npm start/);
});

test('tells what is not Curfew from Curfew', async () => {
  const other = createServer((_req, res) =>
    res.writeHead(200, { 'content-type': 'text/html' }).end('<h1>hello</h1>'),
  );
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  const { code, stderr } = await start(undefined, ['access'], {
    env: { CURFEW_URL: url, CURFEW_TOKEN: goodToken },
  }).ended;
  other.closeAllConnections();
  await new Promise((resolve) => other.close(resolve));
  expect(code).toBe(1);
  expect(stderr).toContain('not in the words of this version');
});

test('keeps the token from where an answer redirects to', async () => {
  const fake = await serving({ getGrant: () => ({ status: 200, body: aGrantView() }) });
  const other = createServer((_req, res) => res.writeHead(307, { location: `${fake.url}/grants` }).end());
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  const { code } = await start(undefined, ['show', aGrantId('a1')], {
    env: { CURFEW_URL: url, CURFEW_TOKEN: goodToken },
  }).ended;
  other.closeAllConnections();
  await new Promise((resolve) => other.close(resolve));
  expect(code).toBe(7);
  expect(fake.calls).toEqual([]);
});

test('a reader that stops reading is no error', async () => {
  const many = Array.from({ length: 200 }, (_, n) =>
    aGrantView({ id: aGrantId(`z${n}`), reason: 'x'.repeat(900) }),
  );
  const fake = await serving({ findGrants: () => ({ status: 200, body: { items: many } }) });
  const running = start(fake, ['grants', '--all', '--json']);
  running.child.stdout?.once('data', () => running.child.stdout?.destroy());
  const { code, stderr } = await running.ended;
  expect([code, stderr]).toEqual([0, '']);
});
