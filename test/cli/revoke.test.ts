/** `revoke` and `extend`: the end of an access is only told when it was read back. */
import { afterEach, describe, expect, test } from 'vitest';
import { type Answers, type FakeServer, problem, startFakeServer } from './fake-server.ts';
import { aGrantId, aGrantView, aRevokedGrant, inSeconds } from './fixtures.ts';
import { curfew, start, until } from './run-cli.ts';

let server: FakeServer;
afterEach(() => server.close());

const wanted = {
  cause: 'self' as const,
  by: { kind: 'person' as const, id: 'ana' },
  reason: 'done',
  at: inSeconds(0),
};
const revoking = aGrantView({ status: 'revoking', wanted });
const mine: Answers = { findGrants: () => ({ status: 200, body: { items: [aGrantView()] } }) };
const asked: Answers = { ...mine, revokeGrant: () => ({ status: 202, body: revoking }) };

async function serving(answers: Answers): Promise<FakeServer> {
  return (server = await startFakeServer(answers));
}

describe('revoke', () => {
  test('ends the only grant there is, and waits until it was read back as gone', async () => {
    await serving({
      ...asked,
      getGrant: (_call, times) => ({ status: 200, body: times < 3 ? revoking : aRevokedGrant() }),
    });
    const { code, stdout } = await curfew(server, ['revoke', '--yes', '-r', 'done']);
    expect(code).toBe(0);
    expect(stdout).toContain('orders-db/orders/read of Ana Alves: gone, and read back as gone (self)');
    expect(stdout).toMatch(/evidence +absent at \S+: login absent, sessions 0/);
    expect(server.calls.find(({ operation }) => operation === 'revokeGrant')).toMatchObject({
      params: { id: aGrantId('a1') },
      body: { reason: 'done' },
    });
  });

  test('gives the grant with its evidence as JSON', async () => {
    await serving({ ...asked, getGrant: () => ({ status: 200, body: aRevokedGrant() }) });
    const { stdout, stderr } = await curfew(server, ['revoke', '--yes', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'revoked',
      outcome: 'revoked',
      evidence: { present: false },
    });
    expect(stderr).toBe('');
  });

  test('is loud, and ends with 8, where the access is not gone', async () => {
    const lastError = {
      code: 'TargetUnavailable',
      detail: 'orders-db does not answer',
      at: inSeconds(0),
      effective: false,
    };
    const failed = aGrantView({ status: 'revoke_failed', wanted, lastError, nextTryAt: inSeconds(900) });
    await serving({ ...asked, getGrant: () => ({ status: 200, body: failed }) });
    const { code, stdout, stderr } = await curfew(server, ['revoke', '--yes', '--timeout', '1s']);
    expect(code).toBe(8);
    expect(stdout).toContain('NOT GONE: orders-db does not answer');
    expect(stderr).toContain('THE ACCESS IS NOT GONE YET: orders-db does not answer');
    expect(stderr).toContain('Curfew keeps trying by itself');
  });

  test('tells "cut, but something is left" from "not gone"', async () => {
    const lastError = {
      code: 'RevokeBlocked',
      detail: 'bob granted to it: REVOKE that',
      at: inSeconds(0),
      effective: true,
    };
    await serving({
      ...asked,
      getGrant: () => ({ status: 200, body: aGrantView({ status: 'revoke_failed', wanted, lastError }) }),
    });
    const { code, stderr } = await curfew(server, ['revoke', '--yes', '--timeout', '1s', '--json']);
    expect(code).toBe(8);
    expect((JSON.parse(stderr) as { error: { message: string } }).error.message).toBe(
      'The access is cut, but something is left at the target: bob granted to it: REVOKE that',
    );
  });

  test('says loudly what the person still holds by other ways', async () => {
    const evidence = {
      present: false,
      heldBy: ['membership orders_oncall granted by postgres'],
      facts: {},
      readAt: inSeconds(0),
    };
    await serving({
      ...asked,
      getGrant: () => ({ status: 200, body: aRevokedGrant({ outcome: 'still_held', evidence }) }),
    });
    const { code, stdout } = await curfew(server, ['revoke', '--yes']);
    expect(code).toBe(0);
    expect(stdout).toContain('STILL HELD by membership orders_oncall granted by postgres');
  });

  test('of what was closed already is no error', async () => {
    await serving({
      ...mine,
      getGrant: () => ({ status: 200, body: aRevokedGrant() }),
      revokeGrant: () => ({ status: 200, body: aRevokedGrant() }),
    });
    const { code } = await curfew(server, ['revoke', aGrantId('a1'), '--yes']);
    expect(code).toBe(0);
  });

  test('does not wait where it was told not to', async () => {
    await serving(asked);
    const { code, stdout } = await curfew(server, ['revoke', 'a1', '--no-wait']);
    expect(code).toBe(0);
    expect(stdout).toContain('being taken away (self)');
    expect(server.calls.map(({ operation }) => operation)).not.toContain('getGrant');
  });

  test('Ctrl-C says that Curfew goes on', async () => {
    await serving({ ...asked, getGrant: () => ({ status: 200, body: revoking }) });
    const running = start(server, ['revoke', '--yes']);
    await until(() => running.said().includes('Taking orders-db/orders/read away'));
    running.child.kill('SIGINT');
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toContain('Curfew goes on ending');
  });

  test('does not guess which of several', async () => {
    const two = [aGrantView(), aGrantView({ id: aGrantId('a2') })];
    await serving({ findGrants: () => ({ status: 200, body: { items: two } }) });
    const { code, stderr } = await curfew(server, ['revoke', '--yes']);
    expect(code).toBe(2);
    expect(stderr).toContain('there are 2: 000000a1, 000000a2');
  });

  test('of what nobody may see ends with 5', async () => {
    await serving({});
    for (const id of ['zz', aGrantId('zz')])
      expect((await curfew(server, ['revoke', id, '--yes'])).code).toBe(5);
  });
});

describe('extend', () => {
  test('moves the end, and sends a key', async () => {
    await serving({ ...mine, extendGrant: () => ({ status: 200, body: aGrantView({ timeLeft: '25m' }) }) });
    const { code, stdout } = await curfew(server, ['extend', '--by', '10m', '-r', 'still at it']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^orders-db\/orders\/read is active until \S+( \S+)? \(25 min left\)\.\n$/);
    const call = server.calls.at(-1);
    expect(call).toMatchObject({
      params: { id: aGrantId('a1') },
      body: { duration: '10m', reason: 'still at it' },
    });
    expect(call?.headers['idempotency-key']).toMatch(/^\S{20,}$/);
  });

  test('beyond what the flow allows ends with 4', async () => {
    await serving({
      ...mine,
      extendGrant: () => problem('Refused', 'Make a new request.', { rule: 'flow:orders-read lifetime' }),
    });
    const { code, stderr } = await curfew(server, ['extend', '-d', '2h', '-r', 'more']);
    expect(code).toBe(4);
    expect(stderr).toContain('Make a new request.');
  });

  test('names everything that is missing', async () => {
    await serving(mine);
    const { code, stderr } = await curfew(server, ['extend']);
    expect(code).toBe(2);
    expect(stderr).toContain('--duration and --reason');
  });
});
