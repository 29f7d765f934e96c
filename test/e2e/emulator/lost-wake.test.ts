/** The callback that would wake an execution is lost: what was decided or wanted is acted on within a minute all the same. */
import { afterAll, describe, expect, it } from 'vitest';
import { ask, becomes, decide } from '../../support/asking.ts';
import { openTarget } from '../target.ts';
import { loseWake } from './hub.ts';

const target = await openTarget();
afterAll(() => target.close());

describe.concurrent.each(target.places)('at $name', (place) => {
  it('an approval gives access', async () => {
    const asked = await ask(target, 'cleo', place.offers.anyOf, '10m');
    await loseWake(asked.id);
    expect(await decide(target, 'dora', 'approve', asked)).toBe(200);
    await becomes(target, asked.id, 'active', 60);
    await target.call('cleo', 'POST', `/grants/${asked.id}/revoke`, { reason: 'seen' });
  });

  it('a revoke takes the access away', async () => {
    const { id } = await ask(target, 'cleo', place.offers.automatic, '10m');
    await becomes(target, id, 'active', 40);
    const access = await place.enter('cleo', id);
    const session = await access.open();
    await loseWake(id);
    const { body } = await target.call('adam', 'POST', `/grants/${id}/revoke`, { reason: 'now' });
    const ended = await becomes(target, id, 'revoked', 60 + place.settleSeconds);
    expect([await access.use(), await session()]).toEqual([false, false]);
    const tookMs = Date.parse(ended['closedAt']) - Date.parse(body['wanted'].at);
    expect(tookMs).toBeLessThan((60 + place.settleSeconds) * 1000);
  });
});
