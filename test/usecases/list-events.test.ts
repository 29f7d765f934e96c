/** A grant's events come in order, whole, and only to those who may see the grant. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { listEvents } from '../../shared/usecases/list-events.ts';
import { submitRequest } from '../../shared/usecases/submit-request.ts';
import { cancelRequest } from '../../shared/usecases/cancel-request.ts';
import { personOf } from '../api/organisation.ts';
import { createWorld } from '../api/world.ts';

async function worldWithAStory() {
  const world = await createWorld();
  const by = personOf('ada');
  const entitlements = [{ integration: 'orders-db', resource: 'orders', permission: 'write' }];
  const made = await submitRequest(world.ports, { by, channel: 'http', entitlements, reason: 'Order 4711' });
  if (made.dryRun) throw new Error('not meant');
  await cancelRequest(world.ports, { by, requestId: made.request.id });
  return { world, grantId: made.grants[0]?.id ?? '' };
}

test('the chain is whole, page by page', async () => {
  const { world, grantId } = await worldWithAStory();
  const first = await listEvents(world.ports, { by: personOf('ada'), grantId, paging: { limit: 1 } });
  const second = await listEvents(world.ports, {
    by: personOf('ada'),
    grantId,
    paging: { limit: 1, cursor: first.next },
  });
  const events = [...first.items, ...second.items];
  expect(events.map(({ line }) => JSON.parse(line).type)).toEqual(['RequestSubmitted', 'RequestCancelled']);
  expect(JSON.parse(events[1]?.line ?? '{}').prevHash).toBe(events[0]?.hash);
  for (const { line, hash } of events) expect(createHash('sha256').update(line).digest('hex')).toBe(hash);
});

test('nobody else sees what happened', async () => {
  const { world, grantId } = await worldWithAStory();
  const asked = listEvents(world.ports, { by: personOf('eve'), grantId, paging: {} });
  await expect(asked).rejects.toMatchObject({ code: 'NotFound' });
});
