/** The catalog is what this person may ask for: no more, no less. */
import { expect, test } from 'vitest';
import { listCatalog } from '../../shared/usecases/list-catalog.ts';
import { personOf } from '../api/organisation.ts';
import { createWorld } from '../api/world.ts';

async function offeredTo(who: string, text?: string): Promise<string[]> {
  const world = await createWorld();
  const { items } = await listCatalog(world.ports, { by: personOf(who), text, paging: {} });
  return items.map(({ offer, flow }) => `${offer.permission} by ${flow.id}`);
}

test('an engineer with a login of their own may ask for everything', async () => {
  expect(await offeredTo('ada')).toEqual([
    'read by orders-read',
    'write by orders-write',
    'admin by orders-admin',
    'oncall by orders-oncall',
  ]);
});

test('what needs a login of one’s own is left out for whom it is missing', async () => {
  expect(await offeredTo('bo')).not.toContain('oncall by orders-oncall');
});

test('what no flow opens to somebody is left out', async () => {
  expect(await offeredTo('dora')).toEqual(['write by orders-write', 'admin by orders-admin']);
});

test('words narrow it, in any case and order', async () => {
  expect(await offeredTo('ada', 'WRITE orders')).toEqual(['write by orders-write']);
  expect(await offeredTo('ada', 'nothing-like-it')).toEqual([]);
});

test('it comes in pages', async () => {
  const world = await createWorld();
  const by = personOf('ada');
  const first = await listCatalog(world.ports, { by, paging: { limit: 3 } });
  const second = await listCatalog(world.ports, { by, paging: { limit: 3, cursor: first.next } });
  expect([first.items.length, second.items.length, second.next]).toEqual([3, 1, undefined]);
});
