/** What a grant costs: at most six transitions for one that is approved at once and expires, wherever it leads. */
import { afterAll, describe, expect, it } from 'vitest';
import { ask, becomes } from '../../support/asking.ts';
import { historyOf, transitionsOf } from '../../support/count-transitions.ts';
import { openTarget } from '../target.ts';
import { executionArn, sfn } from './hub.ts';

const target = await openTarget();
afterAll(() => target.close());

describe.concurrent.each(target.places)('at $name', (place) => {
  it('a grant that expires takes at most six', async () => {
    const { id } = await ask(target, 'ana', place.offers.automatic, `${target.shortSeconds}s`);
    await becomes(target, id, 'revoked', target.shortSeconds + 60 + place.settleSeconds);
    const states = transitionsOf(await historyOf(sfn, executionArn(id)));
    expect(states.slice(0, 5)).toEqual(['Route', 'GrantAccess', 'Route', 'HoldAccess', 'RevokeAccess']);
    expect(states.length).toBeLessThanOrEqual(6);
  });
});
