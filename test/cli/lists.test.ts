/** What is shown: tables that people read, JSON that programs read, and nothing that could harm a terminal. */
import { afterEach, describe, expect, test } from 'vitest';
import { type Answers, type FakeServer, problem, startFakeServer } from './fake-server.ts';
import { aCatalogItem, aGrantId, aGrantView, aPendingGrant, inSeconds } from './fixtures.ts';
import { curfew } from './run-cli.ts';

let server: FakeServer;
afterEach(() => server.close());

async function serving(answers: Answers): Promise<FakeServer> {
  return (server = await startFakeServer(answers));
}

const page = (...items: unknown[]) => ({ status: 200, body: { items } });

describe('access', () => {
  test('shows what the caller has, with the time left', async () => {
    await serving({
      findGrants: () => page(aGrantView({ timeLeft: '870s' }), aPendingGrant({ id: aGrantId('a2') })),
    });
    const { code, stdout, stderr } = await curfew(server, ['access']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /000000a1 +orders-db\/orders\/read +active until \S+( \S+)? \(14 min 30 s left\) +having a look/,
    );
    expect(stdout).toMatch(
      /000000a2 +orders-db\/orders\/write +waits for approval by anybody in data-owners, or the manager/,
    );
    expect(stderr).toBe('');
    expect(server.calls[0]?.query).toMatchObject({ grantee: 'me', status: 'open' });
  });

  test('warns in the last tenth of the time, and says how to get more', async () => {
    await serving({ findGrants: () => page(aGrantView({ timeLeft: '90s' })) });
    const { stderr } = await curfew(server, ['access']);
    expect(stderr).toContain('Ends soon: orders-db/orders/read in 1 min 30 s.');
    expect(stderr).toContain('curfew extend 000000a1');
  });

  test('warns of a long grant in its last five minutes only', async () => {
    await serving({
      findGrants: () =>
        page(
          aGrantView({ duration: '8h', timeLeft: '301s' }),
          aGrantView({ duration: '8h', timeLeft: '5m', id: aGrantId('a2') }),
        ),
    });
    const { stderr } = await curfew(server, ['access']);
    expect(stderr.match(/Ends soon/g)).toHaveLength(1);
    expect(stderr).toContain('curfew extend 000000a2');
  });

  test('never lets "not gone" look like less than that', async () => {
    const wanted = {
      cause: 'expired' as const,
      by: { kind: 'system' as const, id: 'curfew' },
      reason: '',
      at: inSeconds(0),
    };
    const lastError = { code: 'TargetUnavailable', detail: 'no answer', at: inSeconds(0), effective: false };
    await serving({ findGrants: () => page(aGrantView({ status: 'revoke_failed', wanted, lastError })) });
    expect((await curfew(server, ['access'])).stdout).toContain('NOT GONE: no answer');
  });

  test('is the API’s list with --json, and nothing else', async () => {
    const grant = aGrantView({ timeLeft: '5s' });
    await serving({ findGrants: () => page(grant) });
    const { stdout, stderr } = await curfew(server, ['access', '--json']);
    expect(JSON.parse(stdout)).toEqual({ items: [grant] });
    expect(stderr).toBe('');
  });
});

describe('grants', () => {
  test('cuts a long failure, which `show` tells to its end', async () => {
    const detail = `AWS refuses: ${'very '.repeat(80)}sorry.`;
    const lastError = { code: 'TargetRefused', detail, at: inSeconds(0), effective: false };
    const failed = aGrantView({ status: 'failed', open: false, lastError });
    await serving({ findGrants: () => page(failed), getGrant: () => ({ status: 200, body: failed }) });
    const { stdout } = await curfew(server, ['grants']);
    expect(stdout).toMatch(/ {2}failed: AWS refuses: (very )+v…/);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThan(140);
    expect((await curfew(server, ['show', failed.id])).stdout).toContain(detail);
  });

  test('passes every filter on', async () => {
    await serving({});
    const filters = [
      '--status',
      'open',
      '--grantee',
      'ben',
      '--integration',
      'orders-db',
      '--resource',
      'orders',
    ];
    const more = [
      '--environment',
      'production',
      '--flow',
      'orders-read',
      '--approver',
      'me',
      '--ends-before',
      '2026-11-24T18:00:00Z',
    ];
    expect((await curfew(server, ['grants', ...filters, ...more])).code).toBe(0);
    expect(server.calls[0]?.query).toEqual({
      status: 'open',
      grantee: 'ben',
      integration: 'orders-db',
      resource: 'orders',
      environment: 'production',
      flow: 'orders-read',
      approver: 'me',
      endsBefore: '2026-11-24T18:00:00Z',
      limit: '50',
    });
  });

  test('counts a duration from now', async () => {
    await serving({});
    await curfew(server, ['grants', '--ends-before', '30m']);
    const ms = Date.parse(server.calls[0]?.query['endsBefore'] ?? '') - Date.now();
    expect(ms / 60_000).toBeGreaterThan(28);
    expect(ms / 60_000).toBeLessThanOrEqual(30);
  });

  test('reads on through short and empty pages until it has what was asked for', async () => {
    const pages = [
      { items: [], next: 'c1' },
      { items: [aGrantView()], next: 'c2' },
      { items: [aGrantView({ id: aGrantId('a2') })], next: 'c3' },
    ];
    await serving({ findGrants: (_call, times) => ({ status: 200, body: pages[times - 1] }) });
    const { stdout, stderr } = await curfew(server, ['grants', '--limit', '2']);
    expect(stdout.split('\n').filter(Boolean)).toHaveLength(3);
    expect(server.calls.map(({ query }) => [query['cursor'], query['limit']])).toEqual([
      [undefined, '2'],
      ['c1', '2'],
      ['c2', '1'],
    ]);
    expect(stderr).toContain('see more with --all');
  });

  test('tells a bad limit before anything is sent', async () => {
    await serving({});
    expect((await curfew(server, ['grants', '--limit', '0'])).code).toBe(2);
    expect(server.calls).toEqual([]);
  });
});

describe('other people’s text', () => {
  test('cannot move the cursor, colour the screen or turn text around', async () => {
    const reason = 'a\u001b[2Jb\u009bc\nd\u202ee';
    await serving({ findGrants: () => page(aGrantView({ reason })) });
    const { stdout } = await curfew(server, ['grants']);
    expect(stdout).toContain('a\\u{1b}[2Jb\\u{9b}c d\\u{202e}e');
  });

  test('arrives unchanged as JSON', async () => {
    const reason = 'a\u001b[2Jb';
    await serving({ findGrants: () => page(aGrantView({ reason })) });
    const { stdout } = await curfew(server, ['grants', '--json']);
    expect((JSON.parse(stdout) as { items: { reason: string }[] }).items[0]?.reason).toBe(reason);
  });
});

test('show gives one grant with its events', async () => {
  const event = { schema: 1, id: 'e1', grantId: aGrantId('a1'), requestId: 'rq', seq: 1, type: 'RequestSubmitted', at: inSeconds(0), actor: { kind: 'person', id: 'ana', name: 'Ana Alves' }, reason: 'look', before: null, after: 'pending', correlationId: 'c', details: {}, prevHash: '0'.repeat(64), hash: 'ab'.repeat(32) } as const; // biome-ignore format: one event
  await serving({ getGrant: () => ({ status: 200, body: aGrantView() }), listEvents: () => page(event) });
  const { stdout } = await curfew(server, ['show', aGrantId('a1')]);
  expect(stdout).toMatch(/grantee +Ana Alves \(ana\)/);
  expect(stdout).toMatch(/1 +\S+ +RequestSubmitted +pending +Ana Alves +look +abababababab/);
  const { grant, events } = JSON.parse(
    (await curfew(server, ['show', aGrantId('a1'), '--json'])).stdout,
  ) as Record<string, unknown>;
  expect(grant).toMatchObject({ id: aGrantId('a1') });
  expect(events).toEqual([event]);
});

test('catalog finds by words', async () => {
  await serving({
    listCatalog: () =>
      page(aCatalogItem({ approval: { allOf: [{ group: 'data-owners' }, { group: 'security' }] } })),
  });
  const { stdout } = await curfew(server, ['catalog', 'orders', 'read']);
  expect(server.calls[0]?.query).toMatchObject({ q: 'orders read' });
  expect(stdout).toMatch(
    /orders-db\/orders\/read .* 15m \(max 1h\) +one of data-owners, and one of security/,
  );
});

describe('explain', () => {
  const flow = (id: string) => ({ id, version: 1, name: id, requesters: 'everybody', entitlements: [{ integration: 'orders-db' }], approval: 'automatic', selfApproval: false, decideWithin: '1d', lifetime: { default: '15m', max: '1h', rules: [] }, extendCutoff: '30s', onChange: 'keep' }); // biome-ignore format: one flow
  const explanation = (id: string, allowed: boolean) => ({ person: { id: 'ana', name: 'Ana Alves' }, flow: { id, version: 1 }, allowed, because: allowed ? 'You may.' : 'Only security may.', steps: [{ question: 'Who?', ok: allowed, detail: 'Engineers.' }], chosen: allowed, approval: 'automatic', approvers: [] }); // biome-ignore format: one explanation

  test('asks about every flow that speaks of it, the one that would be followed first', async () => {
    await serving({
      listFlows: () => page(flow('strict'), flow('easy')),
      explainFlow: ({ params }) => ({
        status: 200,
        body: explanation(params['id'] ?? '', params['id'] === 'easy'),
      }),
    });
    const { code, stdout } = await curfew(server, ['explain', 'orders-db/orders/read']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^yes: Ana Alves, by the flow easy[^]*\n\nno: Ana Alves, by the flow strict[^]*Only security may\./,
    );
    expect(server.calls.at(-1)?.query).toEqual({ entitlement: 'orders-db/orders/read' });
  });

  test('about somebody else is for admins', async () => {
    await serving({
      explainFlow: () => problem('Forbidden', 'Only admins may ask this about somebody else.'),
    });
    const { code, stderr } = await curfew(server, ['explain', 'orders-read', '--person', 'ben']);
    expect(code).toBe(4);
    expect(stderr).toContain('Only admins');
  });
});

test('check names the integrations there are, where there is no such one', async () => {
  const aFlow = { id: 'f', name: 'F', version: 1, requesters: 'everybody', entitlements: [{ integration: 'orders-db' }, { environment: 'production' }], approval: 'automatic', selfApproval: false, decideWithin: '1d', lifetime: { default: '15m', max: '1h', rules: [] }, extendCutoff: '30s', onChange: 'keep' }; // biome-ignore format: one flow
  await serving({
    checkIntegration: () => problem('NotFound', 'There is no integration "aws-account".'),
    listFlows: () => page(aFlow),
    listCatalog: () => page(aCatalogItem(), aCatalogItem({ integration: 'aws-demo' })),
  });
  const { code, stderr } = await curfew(server, ['check', 'aws-account']);
  expect(code).toBe(5);
  expect(stderr).toMatch(/no integration "aws-account"\.\nThe .* name: aws-demo, orders-db\n$/);
});

test('check ends with 1 where something is not as it should be', async () => {
  const checks = [
    { name: 'version', ok: true, detail: 'PostgreSQL 18.' },
    { name: 'own login', ok: false, detail: 'is a superuser: take that away' },
  ];
  await serving({
    checkIntegration: () => ({ status: 200, body: { integration: 'orders-db', ok: false, checks } }),
  });
  const { code, stdout } = await curfew(server, ['check', 'orders-db']);
  expect(code).toBe(1);
  expect(stdout).toMatch(/✗ +own login +is a superuser: take that away/);
});
