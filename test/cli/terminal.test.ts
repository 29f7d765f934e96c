/** At a terminal: questions for what is missing, progress, colours, and tables that fit. */
import { afterEach, describe, expect, test } from 'vitest';
import { type Answers, type FakeServer, startFakeServer } from './fake-server.ts';
import {
  aCatalogItem,
  aGrantId,
  aGrantView,
  aPendingGrant,
  aRequestView,
  aRevokedGrant,
  inSeconds,
} from './fixtures.ts';
import { atTerminal } from './fake-terminal.ts';

let server: FakeServer;
afterEach(() => server.close());

async function serving(answers: Answers): Promise<FakeServer> {
  return (server = await startFakeServer(answers));
}

const admin = aCatalogItem({
  permission: 'admin',
  names: { integration: 'Orders', resource: 'Orders database', permission: 'Administer orders' },
  maxDuration: '10m',
  defaultDuration: '5m',
  reason: { pattern: '[A-Z]+-[0-9]+', hint: 'name the ticket, such as OPS-123' },
});
const catalog: Answers = { listCatalog: () => ({ status: 200, body: { items: [aCatalogItem(), admin] } }) };

describe('the wizard of request', () => {
  test('asks for everything, refuses what the flow would refuse, and sends the rest', async () => {
    await serving({ ...catalog, submitRequest: () => ({ status: 201, body: aRequestView() }) });
    const me = atTerminal(server, ['request']);
    await me.type('What do you need?', 'administer');
    await me.type('❯ orders-db/orders/admin', '\r');
    await me.type('For how long? (at most 10m)', '\u00158h\r');
    await me.type('At most 10m.', '\u00157m\r');
    await me.type('Why? (name the ticket', 'because\r');
    await me.type('> name the ticket, such as OPS-123', '\u0015OPS-1 because\r');
    await me.type('Ask for "Administer orders" for 7m (approved automatically)?', 'y\r');
    expect(await me.ended).toBeUndefined();
    expect(server.calls.find(({ operation }) => operation === 'submitRequest')?.body).toEqual({
      entitlements: [{ integration: 'orders-db', resource: 'orders', permission: 'admin' }],
      duration: '7m',
      reason: 'OPS-1 because',
    });
    expect(me.stdout()).toContain('active until');
    expect(me.stdout()).not.toContain('What do you need?');
  });

  test('asks only for what is missing', async () => {
    await serving({ ...catalog, submitRequest: () => ({ status: 201, body: aRequestView() }) });
    const me = atTerminal(server, ['request', 'orders-db/orders/read']);
    await me.type('Why?', 'look\r');
    expect(await me.ended).toBeUndefined();
    expect(server.calls[0]?.body).toMatchObject({ reason: 'look' });
  });

  test('sends nothing when the answer is no, or Ctrl-C', async () => {
    await serving(catalog);
    const me = atTerminal(server, ['request']);
    await me.type('What do you need?', '\u0003');
    expect((await me.ended)?.exit).toBe('interrupted');
    expect(server.calls.map(({ operation }) => operation)).toEqual(['listCatalog']);
  });

  test('is not for scripts: --json never asks', async () => {
    await serving(catalog);
    expect((await atTerminal(server, ['request', '--json']).ended)?.exit).toBe('usage');
  });
});

describe('waiting', () => {
  test('shows whom for, and ends by itself when they approve', async () => {
    let approved = false;
    await serving({
      submitRequest: () => ({ status: 201, body: aRequestView([aPendingGrant()]) }),
      getRequest: () => ({ status: 200, body: approved ? aRequestView() : aRequestView([aPendingGrant()]) }),
    });
    const me = atTerminal(server, ['request', 'orders-db/orders/write', '-r', 'x']);
    await me.type('Waiting for approval by anybody in data-owners, or the manager', '');
    approved = true;
    expect(await me.ended).toBeUndefined();
    expect(me.stdout()).toContain('active until');
  });

  test('leaves the request open when it is interrupted', async () => {
    await serving({
      submitRequest: () => ({ status: 201, body: aRequestView([aPendingGrant()]) }),
      getRequest: () => ({ status: 200, body: aRequestView([aPendingGrant()]) }),
    });
    const me = atTerminal(server, ['request', 'orders-db/orders/write', '-r', 'x']);
    await me.type('Waiting for approval', '');
    me.interrupt();
    const error = await me.ended;
    expect([error?.exit, error?.message]).toEqual([
      'interrupted',
      expect.stringContaining('the request stays open'),
    ]);
  });

  test('says so while an answer takes long', async () => {
    await serving({ findGrants: () => ({ status: 200, body: { items: [] }, afterMs: 3000 }) });
    const me = atTerminal(server, ['access']);
    await me.type('Waiting for http://127.0.0.1', '');
    expect(await me.ended).toBeUndefined();
  });
});

describe('revoke', () => {
  const answers: Answers = {
    findGrants: () => ({
      status: 200,
      body: { items: [aGrantView(), aGrantView({ id: aGrantId('a2'), reason: 'two' })] },
    }),
    revokeGrant: ({ params }) => ({ status: 200, body: aRevokedGrant({ id: params['id'] ?? '' }) }),
  };

  test('asks which of several, and whether to', async () => {
    await serving(answers);
    const me = atTerminal(server, ['revoke']);
    await me.type('Which grant?', 'a2');
    await me.type('❯ 000000a2', '\r');
    await me.type("End Ana Alves's access to orders-db/orders/read now?", 'y\r');
    expect(await me.ended).toBeUndefined();
    expect(server.calls.at(-1)).toMatchObject({ operation: 'revokeGrant', params: { id: aGrantId('a2') } });
  });

  test('ends nothing when the answer is no', async () => {
    await serving(answers);
    const me = atTerminal(server, ['revoke', 'a1']);
    await me.type('now?', 'n\r');
    expect((await me.ended)?.message).toBe('Nothing was ended.');
    expect(server.calls.map(({ operation }) => operation)).not.toContain('revokeGrant');
  });
});

describe('tables', () => {
  const long = aGrantView({ reason: 'a very long reason '.repeat(10), timeLeft: '5s' });
  const answers: Answers = { findGrants: () => ({ status: 200, body: { items: [long] } }) };

  test('are coloured, and yellow where an end is near', async () => {
    await serving(answers);
    const me = atTerminal(server, ['access']);
    await me.ended;
    expect(me.stdout()).toContain('\u001b[33mactive until');
  });

  test('have no colours where NO_COLOR says so', async () => {
    await serving(answers);
    const me = atTerminal(server, ['access'], { env: { NO_COLOR: '1' } });
    await me.ended;
    expect(me.stdout()).not.toContain('\u001b');
  });

  test('cut the reason before the state, to fit', async () => {
    await serving(answers);
    const me = atTerminal(server, ['access'], { columns: 100, env: { NO_COLOR: '1' } });
    await me.ended;
    const lines = me.stdout().trimEnd().split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(lines[1]).toMatch(/\(5 s left\) +a very .*…$/);
  });

  test('never cut what is not gone', async () => {
    const wanted = {
      cause: 'self',
      by: { kind: 'person', id: 'ana' },
      reason: 'x',
      at: inSeconds(0),
    } as const;
    const detail = `bob granted to this login: ${'REVOKE that first, '.repeat(10)}end`;
    const lastError = { code: 'RevokeBlocked', detail, at: inSeconds(0), effective: true };
    await serving({
      findGrants: () => ({
        status: 200,
        body: { items: [aGrantView({ status: 'revoke_failed', wanted, lastError })] },
      }),
    });
    const me = atTerminal(server, ['access'], { columns: 80, env: { NO_COLOR: '1' } });
    await me.ended;
    expect(me.stdout()).toContain(`NOT GONE: ${detail}`);
  });
});
