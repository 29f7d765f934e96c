/** `approve`, `reject`, `cancel` and the lists they start from. */
import { afterEach, describe, expect, test } from 'vitest';
import { type Answers, type FakeServer, problem, startFakeServer } from './fake-server.ts';
import { aGrantId, aGrantView, aPendingGrant, aRequestId, aRequestView } from './fixtures.ts';
import { curfew } from './run-cli.ts';

let server: FakeServer;
afterEach(() => server.close());

const waiting = aRequestView([aPendingGrant()], { reason: 'fix order 99' });
const inbox: Answers = { findRequests: () => ({ status: 200, body: { items: [waiting] } }) };

async function serving(answers: Answers): Promise<FakeServer> {
  return (server = await startFakeServer(answers));
}

describe('the inbox', () => {
  test('shows what waits for the caller, and how to decide it', async () => {
    await serving(inbox);
    const { stdout, stderr } = await curfew(server, ['requests', '--waiting']);
    expect(stdout).toMatch(
      /000000b1 +\d+ s ago +Ana Alves +orders-db\/orders\/write +15m +in (1 d|23 h 59 min) +fix order 99/,
    );
    expect(stderr).toContain('curfew approve 000000b1');
    expect(server.calls[0]?.query).toMatchObject({ waiting: 'me' });
  });

  test('is the list of the API with --json', async () => {
    await serving(inbox);
    const { stdout, stderr } = await curfew(server, ['requests', '--waiting', '--json']);
    expect(JSON.parse(stdout)).toEqual({ items: [waiting] });
    expect(stderr).toBe('');
  });
});

describe('a decision', () => {
  const decided = (outcome: string) => ({
    status: 200,
    body: { request: waiting, results: [{ grantId: aGrantId('a1'), outcome, status: 'approved' }] },
  });

  test('approves the request whose ending was typed', async () => {
    await serving({ ...inbox, approveRequest: () => decided('approved') });
    const { code, stdout } = await curfew(server, ['approve', '0b1', '--reason', 'fine']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/000000a1 +Ana Alves +orders-db\/orders\/write +approved/);
    expect(server.calls.at(-1)).toMatchObject({ params: { id: aRequestId('b1') }, body: { reason: 'fine' } });
  });

  test('finds the request by the id of one of its grants, too', async () => {
    await serving({
      getGrant: () => ({ status: 200, body: aPendingGrant() }),
      getRequest: () => ({ status: 200, body: waiting }),
      rejectRequest: () => decided('rejected'),
    });
    const { code } = await curfew(server, ['reject', aGrantId('a1'), '-r', 'no', '--grant', 'a1']);
    expect(code).toBe(0);
    expect(server.calls.at(-1)).toMatchObject({
      params: { id: aRequestId('b1') },
      body: { reason: 'no', grants: [aGrantId('a1')] },
    });
  });

  test('says when another approval is still missing', async () => {
    await serving({ ...inbox, approveRequest: () => decided('recorded') });
    const { stdout } = await curfew(server, ['approve', '0b1']);
    expect(stdout).toContain('another one is still missing');
  });

  test('is never made on a request that nobody named', async () => {
    await serving(inbox);
    const { code, stderr } = await curfew(server, ['approve']);
    expect(code).toBe(2);
    expect(stderr).toContain('which request (000000b1)');
    expect(server.calls.map(({ operation }) => operation)).toEqual(['findRequests']);
  });

  test('that came too late ends with 6, and says who was faster', async () => {
    await serving({
      ...inbox,
      approveRequest: () => problem('StateConflict', 'It is active already, approved by Sam Sato.'),
    });
    const { code, stderr } = await curfew(server, ['approve', '0b1']);
    expect(code).toBe(6);
    expect(stderr).toContain('approved by Sam Sato');
  });

  test('is not sent twice when its answer is lost, and says so', async () => {
    await serving({ ...inbox, approveRequest: () => 'drop' });
    const { code, stderr } = await curfew(server, ['approve', '0b1']);
    expect(code).toBe(7);
    expect(stderr).toContain('Whether it was done is not known');
    expect(server.calls.filter(({ operation }) => operation === 'approveRequest')).toHaveLength(1);
  });
});

test('cancel takes back the request that was named', async () => {
  const cancelled = aRequestView([aGrantView({ status: 'cancelled', open: false })]);
  await serving({ ...inbox, cancelRequest: () => ({ status: 200, body: cancelled }) });
  const { code, stdout } = await curfew(server, ['cancel', '000b1', '-r', 'found it']);
  expect(code).toBe(0);
  expect(stdout).toContain('cancelled');
  expect(server.calls.at(-1)).toMatchObject({
    params: { id: aRequestId('b1') },
    body: { reason: 'found it' },
  });
});

test('an ending that means two requests is refused, with both', async () => {
  const two = [waiting, aRequestView([aPendingGrant({ id: aGrantId('c1') })], { id: aRequestId('d1') })];
  await serving({ findRequests: () => ({ status: 200, body: { items: two } }) });
  const { code, stderr } = await curfew(server, ['cancel', '1']);
  expect(code).toBe(2);
  expect(stderr).toContain('000000b1, 000000d1');
});
