/** `curfew request`: what it sends, what it waits for, and how it ends. */
import { afterEach, describe, expect, test } from 'vitest';
import { type Answers, type FakeServer, problem, startFakeServer } from './fake-server.ts';
import { aGrantId, aGrantView, aPendingGrant, aRequestId, aRequestView } from './fixtures.ts';
import { curfew, start, until } from './run-cli.ts';

let server: FakeServer;
afterEach(() => server.close());

const read = ['request', 'orders-db/orders/read', '--for', '20m', '--reason', 'look'];
const made = (...grants: Parameters<typeof aRequestView>) => ({ status: 201, body: aRequestView(...grants) });

async function serving(answers: Answers): Promise<FakeServer> {
  return (server = await startFakeServer(answers));
}

describe('what is sent', () => {
  test('is what was typed, in the words of the API', async () => {
    await serving({ submitRequest: () => made() });
    const more = ['--flow', 'orders-read', '--grantee', 'ben', '--no-wait'];
    const { code } = await curfew(server, [...read, 'orders-db/orders/write', ...more]);
    expect(code).toBe(0);
    const entitlement = { integration: 'orders-db', resource: 'orders', flow: 'orders-read' };
    expect(server.calls[0]?.body).toEqual({
      entitlements: [
        { ...entitlement, permission: 'read' },
        { ...entitlement, permission: 'write' },
      ],
      duration: '20m',
      reason: 'look',
      for: 'ben',
    });
    expect(server.calls[0]?.headers['curfew-channel']).toBe('cli');
  });

  test('carries a key, so that a lost answer makes no second request', async () => {
    await serving({ submitRequest: (_call, times) => (times === 1 ? 'drop' : made()) });
    const { code } = await curfew(server, [...read, '--no-wait']);
    expect(code).toBe(0);
    const keys = server.calls.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toMatch(/^\S{20,}$/);
    expect(keys[1]).toBe(keys[0]);
  });

  test('carries another key each time, unless the caller names one', async () => {
    await serving({ submitRequest: () => made() });
    for (const more of [[], [], ['--idempotency-key', 'job-7']])
      await curfew(server, [...read, '--no-wait', ...more]);
    const keys = server.calls.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(3);
    expect(keys[2]).toBe('job-7');
  });

  test('is nothing at all where something is missing or cannot be right', async () => {
    await serving({});
    const wrong = [
      [['request'], 'what to ask for (integration/resource/permission) and --reason'],
      [['request', 'orders-db/orders/read'], '--reason'],
      [['request', 'orders-db', '-r', 'x'], '"orders-db" is not integration/resource/permission'],
      [['request', 'orders-db/orders/read', '-r', 'x', '-d', '0s'], '--duration 0s is no duration'],
      [['request', 'orders-db/orders/read', '-r', 'x', '--for', '2x'], '--for 2x is no duration'],
      [['extend', '-r', 'x', '--by', '2x'], '--by 2x is no duration'],
    ] as const;
    for (const [args, message] of wrong) {
      const { code, stderr } = await curfew(server, [...args]);
      expect([args, code]).toEqual([args, 2]);
      expect(stderr).toContain(message);
    }
    expect(server.calls).toEqual([]);
  });
});

describe('a dry run', () => {
  test('says what would happen, and by which rule', async () => {
    const entitlement = { integration: 'orders-db', resource: 'orders', permission: 'read' };
    const plan = {
      entitlement,
      flow: { id: 'orders-read', version: 1 },
      approval: 'automatic',
      duration: '20m',
      maxDuration: '1h',
      rule: 'flow:orders-read lifetime',
    };
    await serving({ submitRequest: () => ({ status: 200, body: { dryRun: true, plan: [plan] } }) });
    const { code, stdout } = await curfew(server, [...read, '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /orders-db\/orders\/read +orders-read +automatic +20m \(max 1h\) +flow:orders-read lifetime/,
    );
    expect(server.calls[0]?.body).toMatchObject({ dryRun: true });
  });
});

describe('the refusals of the server', () => {
  test('are told with their rule, and end with 4', async () => {
    await serving({
      submitRequest: () => problem('Refused', 'Ask for less.', { rule: 'flow:orders-read lifetime' }),
    });
    const { code, stdout, stderr } = await curfew(server, read);
    expect([code, stdout]).toEqual([4, '']);
    expect(stderr).toContain(
      'Understood, and refused by policy: Ask for less. (rule: flow:orders-read lifetime)',
    );
  });

  test('name every fault by its path', async () => {
    const faults = [
      { path: '$.reason', message: 'is too long' },
      { path: '$.for', message: 'is no person' },
    ];
    await serving({ submitRequest: () => problem('Malformed', 'Correct the request.', { errors: faults }) });
    const { code, stderr } = await curfew(server, read);
    expect(code).toBe(2);
    expect(stderr).toContain('$.reason: is too long\n  $.for: is no person');
  });

  test('are JSON on stderr with --json, and stdout stays empty', async () => {
    await serving({ submitRequest: () => problem('Refused', 'Ask for less.', { rule: 'r' }) });
    const { code, stdout, stderr } = await curfew(server, [...read, '--json']);
    expect([code, stdout]).toEqual([4, '']);
    expect(JSON.parse(stderr)).toMatchObject({
      error: { exitCode: 4, exit: 'refused', code: 'Refused', rule: 'r', correlationId: 'c-1' },
    });
  });
});

describe('waiting', () => {
  const granting = aGrantView({ status: 'granting' });

  test('goes on until an automatic grant is active, also without a terminal', async () => {
    await serving({
      submitRequest: () => made([granting]),
      getRequest: (_call, times) => ({
        status: 200,
        body: aRequestView([times < 3 ? granting : aGrantView()]),
      }),
    });
    const { code, stdout } = await curfew(server, [...read, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ grants: [{ status: 'active' }] });
  });

  test('is not for people where nobody sits at a terminal, unless they say so', async () => {
    await serving({ submitRequest: () => made([aPendingGrant()]) });
    const { code, stdout } = await curfew(server, read);
    expect(code).toBe(0);
    expect(stdout).toContain('waits for approval by anybody in data-owners, or the manager');
  });

  test('ends with 4 when an approver says no, and tells who and why', async () => {
    const by = { id: 'dora', name: 'Dora Dahl' };
    const decision = {
      by,
      decision: 'reject' as const,
      reason: 'ask for read',
      at: new Date().toISOString(),
    };
    const rejected = aPendingGrant({ status: 'rejected', open: false, decisions: [decision] });
    await serving({
      submitRequest: () => made([aPendingGrant()]),
      getRequest: () => ({ status: 200, body: aRequestView([rejected]) }),
    });
    const { code, stderr } = await curfew(server, [...read, '--wait']);
    expect(code).toBe(4);
    expect(stderr).toContain('rejected by Dora Dahl: ask for read');
  });

  test('tells a failure once and whole, and of the other grants where they stand', async () => {
    const detail = `orders-db refuses: ${'very '.repeat(80)}sorry`;
    const lastError = { code: 'TargetRefused', detail, at: new Date().toISOString(), effective: false };
    const failed = aGrantView({ status: 'failed', open: false, lastError });
    await serving({
      submitRequest: () => made([granting]),
      getRequest: () => ({ status: 200, body: aRequestView([failed, aGrantView({ id: aGrantId('a2') })]) }),
    });
    const { code, stdout, stderr } = await curfew(server, read);
    expect(code).toBe(1);
    expect(stderr).toContain(`No access to orders-db/orders/read: failed: ${detail}`);
    expect(stdout).toMatch(/000000a1 .* failed\n000000a2 .* active until/);
  });

  test('ends with 8 when its time is up, and the request stays open', async () => {
    await serving({
      submitRequest: () => made([aPendingGrant()]),
      getRequest: () => ({ status: 200, body: aRequestView([aPendingGrant()]) }),
    });
    const { code, stderr } = await curfew(server, [...read, '--wait', '--timeout', '1s']);
    expect(code).toBe(8);
    expect(stderr).toContain(`still open: ${aRequestId('b1')}`);
    expect(server.calls.map(({ operation }) => operation)).not.toContain('cancelRequest');
  });

  test('Ctrl-C stops the waiting only: it says that the request stays open, and ends with 130', async () => {
    await serving({
      submitRequest: () => made([aPendingGrant()]),
      getRequest: () => ({ status: 200, body: aRequestView([aPendingGrant()]) }),
    });
    const running = start(server, [...read, '--wait'], {
      env: { CURFEW_HOME: server.home, CURFEW_TOKEN: 'good-token' },
    });
    await until(() =>
      running.said().includes('Waiting for approval by anybody in data-owners, or the manager'),
    );
    running.child.kill('SIGINT');
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toContain(`the request stays open: ${aRequestId('b1')}`);
    expect(stderr).toContain('curfew cancel');
    expect(server.calls.map(({ operation }) => operation)).not.toContain('cancelRequest');
  });

  test('bears with a server that is away for a moment', async () => {
    await serving({
      submitRequest: () => made([granting]),
      getRequest: (_call, times) => (times < 6 ? 'drop' : { status: 200, body: aRequestView() }),
    });
    const { code } = await curfew(server, read);
    expect(code).toBe(0);
  });
});
