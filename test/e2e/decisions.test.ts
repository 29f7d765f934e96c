/** What people decide, one after the other and at once: nobody gets in before it, and one decision is all there is. */
import { afterAll, describe, expect, it } from 'vitest';
import { ask, becomes, decide, grantOf } from '../support/asking.ts';
import { decideWithinSeconds } from './flows.ts';
import { expectWorks } from './place.ts';
import { openTarget } from './target.ts';

const target = await openTarget();
afterAll(() => target.close());

describe.concurrent.each(target.places)('at $name', (place) => {
  const credentials = async (who: string, id: string) =>
    (await target.call(who, 'POST', `/grants/${id}/credentials`)).status;

  it('one approval by anybody who may gives access; before it there is none', async () => {
    const asked = await ask(target, 'ana', place.offers.anyOf, '10m');
    expect([asked.status, await credentials('ana', asked.id)]).toEqual(['pending', 409]);
    expect(await decide(target, 'mia', 'approve', asked)).toBe(200);
    await becomes(target, asked.id, 'active', 30);
    await expectWorks((await place.enter('ana', asked.id)).use, place);
    await target.call('adam', 'POST', `/grants/${asked.id}/revoke`, { reason: 'seen' });
  });

  it('where two must approve, one is not enough, and nobody approves their own', async () => {
    const asked = await ask(target, 'ben', place.offers.allOf, '10m');
    expect(await decide(target, 'ben', 'approve', asked)).toBe(403);
    expect(await decide(target, 'dora', 'approve', asked)).toBe(200);
    expect((await grantOf(target, asked.id))['status']).toBe('pending');
    expect(await decide(target, 'sam', 'approve', asked)).toBe(200);
    await becomes(target, asked.id, 'active', 30);
    await expectWorks((await place.enter('ben', asked.id)).use, place);
    await target.call('adam', 'POST', `/grants/${asked.id}/revoke`, { reason: 'seen' });
  });

  it('a rejected request is closed, and a late approval refused', async () => {
    const asked = await ask(target, 'ana', place.offers.anyOf, '10m');
    expect(await decide(target, 'dora', 'reject', asked)).toBe(200);
    expect(await becomes(target, asked.id, 'rejected')).toMatchObject({ open: false });
    expect(await decide(target, 'mia', 'approve', asked)).toBe(409);
    expect(await credentials('ana', asked.id)).toBe(409);
  });

  it('a request that is taken back is closed', async () => {
    const asked = await ask(target, 'ana', place.offers.anyOf, '10m');
    const { status } = await target.call('ana', 'POST', `/requests/${asked.requestId}/cancel`, {});
    expect(status).toBe(200);
    await becomes(target, asked.id, 'cancelled');
    expect(await decide(target, 'dora', 'approve', asked)).toBe(409);
  });

  it('a request that nobody decides in time is closed then, and not before', async () => {
    const asked = await ask(target, 'ben', place.offers.soon, '10m');
    const { decideBy, createdAt } = asked.grant;
    expect(Date.parse(decideBy) - Date.parse(createdAt)).toBe(decideWithinSeconds * 1000);
    const ended = await becomes(target, asked.id, 'timed_out', decideWithinSeconds + 20);
    expect(Date.parse(ended['closedAt'])).toBeGreaterThanOrEqual(Date.parse(decideBy));
    expect(await decide(target, 'dora', 'approve', asked)).toBe(409);
  });

  it('two approvals at once make one decision', async () => {
    const asked = await ask(target, 'cleo', place.offers.anyOf, '10m');
    const both = await Promise.all(['dora', 'mia'].map((who) => decide(target, who, 'approve', asked)));
    expect(both.toSorted((a, b) => a - b)).toEqual([200, 409]);
    await becomes(target, asked.id, 'active', 30);
    await target.call('adam', 'POST', `/grants/${asked.id}/revoke`, { reason: 'seen' });
  });

  it('an approval and a rejection at once: one of them counts, and the grant goes its way', async () => {
    const asked = await ask(target, 'cleo', place.offers.anyOf, '10m');
    const [approved, rejected] = await Promise.all([
      decide(target, 'dora', 'approve', asked),
      decide(target, 'mia', 'reject', asked),
    ]);
    expect([approved, rejected].toSorted((a, b) => a - b)).toEqual([200, 409]);
    await becomes(target, asked.id, approved === 200 ? 'active' : 'rejected', 30);
    await target.call('adam', 'POST', `/grants/${asked.id}/revoke`, { reason: 'seen' });
  });

  it('an extension and a revoke at once never bring access back', async () => {
    for (let round = 0; round < target.many / 4; round++) {
      const { id } = await ask(target, 'cleo', place.offers.automatic, '5m');
      await becomes(target, id, 'active', 30);
      const access = await place.enter('cleo', id);
      const [, revoked] = await Promise.all([
        target.call('cleo', 'POST', `/grants/${id}/extend`, { duration: '1m', reason: 'more' }),
        target.call('adam', 'POST', `/grants/${id}/revoke`, { reason: 'stop' }),
      ]);
      expect(revoked.status).toBe(202);
      await becomes(target, id, 'revoked', 60 + place.settleSeconds);
      expect(await access.use()).toBe(false);
    }
  });
});
