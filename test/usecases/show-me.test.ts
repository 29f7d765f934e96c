/** Everybody is shown themselves, with the rights that the directory gives them. */
import { expect, test } from 'vitest';
import { showMe } from '../../shared/usecases/show-me.ts';
import { personOf } from '../api/organisation.ts';
import { createWorld } from '../api/world.ts';

test('rights come from groups', async () => {
  const { ports } = await createWorld();
  const rightsOf = (who: string) => showMe(ports, { by: personOf(who) }).rights;
  expect(['ada', 'root', 'ron', 'ava'].map(rightsOf)).toEqual([[], ['admin'], ['responder'], ['auditor']]);
});

test('somebody who left is refused', async () => {
  const { ports } = await createWorld();
  expect(() => showMe(ports, { by: personOf('gone') })).toThrow(
    expect.objectContaining({ code: 'Forbidden' }),
  );
});
