/** Grants over HTTP: who sees them, what is shown, and how they end. */
import { beforeEach, expect, test } from 'vitest';
import { byWriteFlow, decision, of } from './organisation.ts';
import { createWorld, type World } from './world.ts';
import { aGrant, at, noon } from '../support/builders.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});

test('a grant is shown without the machinery that drives it', async () => {
  await world.put(aGrant('active', { ...of('ada'), lease: { number: 3, calls: [] }, dueAt: at(901) }));
  world.setNow(noon + 301_000);
  const { status, body, text } = await world.call('ada', '/grants/g1');
  expect(status).toBe(200);
  expect(body).toMatchObject({ id: 'g1', status: 'active', open: true, expiresAt: at(901), timeLeft: '10m' });
  for (const inner of ['lease', 'receipt', 'chain', 'dueAt', 'executions', 'expiresBy', 'curfew_t1_g1'])
    expect(text).not.toContain(inner);
});

test('an extension counts into the duration', async () => {
  await world.put(aGrant('active', { ...of('ada'), extendedSeconds: 900 }));
  expect((await world.call('ada', '/grants/g1')).body.duration).toBe('30m');
});

test('a revoke that failed is open, with its error, and never among the closed', async () => {
  const lastError = { code: 'RevokeBlocked', detail: 'drop blocked by sales', at: at(700), effective: true };
  await world.put(aGrant('revoke_failed', { ...of('ada'), lastError, nextTryAt: at(1500), dueAt: at(1500) }));
  const { body } = await world.call('ada', '/grants/g1');
  expect(body).toMatchObject({ status: 'revoke_failed', open: true, lastError, nextTryAt: at(1500) });
  expect(body).not.toHaveProperty('closedAt');
  expect((await world.call('root', '/grants?status=closed')).body.items).toEqual([]);
  expect((await world.call('root', '/grants?status=open')).body.items).toHaveLength(1);
});

test('a revoked grant shows its outcome and what was read back', async () => {
  await world.put(aGrant('revoked', of('ada')));
  const { body } = await world.call('ada', '/grants/g1');
  expect(body).toMatchObject({
    open: false,
    outcome: 'revoked',
    evidence: { present: false },
    closedAt: at(602),
  });
});

test('foreign grants are not there: no route tells them from ids that never were', async () => {
  await world.put(aGrant('active', of('ada')));
  const calls = [
    ['GET', ''],
    ['GET', '/events'],
    ['POST', '/revoke'],
    ['POST', '/extend'],
    ['POST', '/credentials'],
  ] as const;
  const body = (path: string) =>
    path === '/extend' ? { duration: '1m', reason: 'r' } : path === '/revoke' ? { reason: 'r' } : undefined;
  for (const [method, path] of calls) {
    const send = (id: string) =>
      method === 'GET'
        ? world.call('bo', `/grants/${id}${path}`)
        : world.post('bo', `/grants/${id}${path}`, body(path));
    const [foreign, absent] = [await send('g1'), await send('g2')];
    const told = ({ body: problem, status }: typeof foreign) => [status, problem.code, problem.detail];
    expect([path, ...told(foreign)]).toEqual([path, ...told(absent)]);
    expect(foreign.status).toBe(404);
  }
});

test('who may see a grant but not do something is told who may', async () => {
  await world.put(aGrant('active', { ...of('ada'), ...byWriteFlow(), decisions: [decision('dora')] }));
  const extend = await world.post('dora', '/grants/g1/extend', { duration: '1m', reason: 'r' });
  const credentials = await world.post('root', '/grants/g1/credentials');
  const revoke = await world.post('ava', '/grants/g1/revoke', { reason: 'r' });
  expect([extend.status, credentials.status, revoke.status]).toEqual([403, 403, 403]);
  expect(credentials.body.detail).toMatch('grantee');
});

test('a revoke is accepted at once, attached to by the next, and a no-op on what is closed', async () => {
  await world.put(
    aGrant('active', of('ada')),
    aGrant('revoked', { ...of('ada'), id: 'g2', requestId: 'r2' }),
  );
  const first = await world.post('ada', '/grants/g1/revoke', { reason: 'Done' });
  expect([first.status, first.body.wanted.cause, first.body.wanted.reason]).toEqual([202, 'self', 'Done']);
  const second = await world.post('root', '/grants/g1/revoke', { reason: 'Me too' });
  expect([second.status, second.body.wanted.reason]).toEqual([202, 'Done']);
  expect((await world.post('ada', '/grants/g2/revoke', { reason: 'Done' })).status).toBe(200);
});

test('an extension moves the end, within what the flow allows', async () => {
  await world.put(aGrant('active', { ...of('ada'), extendableSeconds: 3600 }));
  world.setNow(noon + 60_000);
  const longer = await world.post('ada', '/grants/g1/extend', { duration: '15m', reason: 'Not done yet' });
  expect([longer.status, longer.body.expiresAt, longer.body.duration]).toEqual([200, at(1801), '30m']);
  const tooLong = await world.post('ada', '/grants/g1/extend', { duration: '2h', reason: 'More' });
  expect([tooLong.status, tooLong.body.code]).toEqual([422, 'Refused']);
  expect(tooLong.body.detail).toMatch('new request');
});

test('an extension is made once for a key, and the key is of that address alone', async () => {
  await world.put(
    aGrant('active', { ...of('ada'), extendableSeconds: 3600 }),
    aGrant('active', { ...of('ada'), id: 'g2', requestId: 'r2', extendableSeconds: 3600 }),
  );
  const extend = (id: string) =>
    world.post('ada', `/grants/${id}/extend`, { duration: '5m', reason: 'r' }, { 'idempotency-key': 'k1' });
  expect((await extend('g1')).body.expiresAt).toBe(at(1201));
  expect((await extend('g1')).body.expiresAt).toBe(at(1201));
  expect((await extend('g2')).body).toMatchObject({ id: 'g2', expiresAt: at(1201) });
});

test('credentials are for the grantee of an active grant', async () => {
  await world.put(
    aGrant('active', of('ada')),
    aGrant('revoked', { ...of('ada'), id: 'g2', requestId: 'r2' }),
  );
  const { status, body } = await world.post('ada', '/grants/g1/credentials');
  expect(status).toBe(200);
  expect(body).toMatchObject({ host: '127.0.0.1', user: 'curfew_t1_g1', password: 'fresh' });
  expect((await world.post('ada', '/grants/g2/credentials')).status).toBe(409);
});

test('no password is in any record afterwards', async () => {
  await world.put(aGrant('active', of('ada')));
  await world.post('ada', '/grants/g1/credentials');
  const events = await world.call('ada', '/grants/g1/events');
  expect(events.body.items.length).toBeGreaterThan(0);
  expect(events.text).not.toContain('fresh');
});

test('a page says where the next one starts, and the last one does not', async () => {
  await world.put(
    ...[1, 2, 3].map((n) => aGrant('active', { ...of('ada'), id: `g${n}`, requestId: `r${n}` })),
  );
  const first = await world.call('ada', '/grants?grantee=me&limit=2');
  expect(first.body.items).toHaveLength(2);
  const second = await world.call('ada', `/grants?grantee=me&limit=2&cursor=${first.body.next}`);
  expect(second.body.items).toHaveLength(1);
  expect(second.body).not.toHaveProperty('next');
});

test('a time with an offset is the same point in time', async () => {
  await world.put(aGrant('active', of('ada')));
  const before = encodeURIComponent('2026-11-24T13:15:02+01:00');
  expect((await world.call('ada', `/grants?endsBefore=${before}`)).body.items).toHaveLength(1);
  expect((await world.call('ada', '/grants?endsBefore=2026-11-24T12:15:01Z')).body.items).toEqual([]);
});

test('HEAD answers as GET does, without a body', async () => {
  await world.put(aGrant('active', of('ada')));
  const answer = await world.call('ada', '/grants/g1', { method: 'HEAD' });
  expect([answer.status, answer.text]).toEqual([200, '']);
});
