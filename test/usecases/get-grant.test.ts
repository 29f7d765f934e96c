/** One grant: shown to those it concerns, and not there for everybody else. */
import { expect, test } from 'vitest';
import { getGrant } from '../../shared/usecases/get-grant.ts';
import { byWriteFlow, of, personOf } from '../api/organisation.ts';
import { createWorld } from '../api/world.ts';
import { aGrant } from '../support/builders.ts';

test.each(['ada', 'dora', 'mia', 'root', 'ron', 'ava'])('%s sees it', async (who) => {
  const world = await createWorld();
  await world.put(aGrant('active', { ...of('ada'), ...byWriteFlow() }));
  expect((await getGrant(world.ports, { by: personOf(who), grantId: 'g1' })).id).toBe('g1');
});

test.each(['bo', 'sam', 'eve'])('for %s it is not there', async (who) => {
  const world = await createWorld();
  await world.put(aGrant('active', { ...of('ada'), ...byWriteFlow() }));
  await expect(getGrant(world.ports, { by: personOf(who), grantId: 'g1' })).rejects.toMatchObject({
    code: 'NotFound',
  });
});

test('what never was is not there', async () => {
  const world = await createWorld();
  await expect(getGrant(world.ports, { by: personOf('root'), grantId: 'g1' })).rejects.toMatchObject({
    code: 'NotFound',
  });
});
