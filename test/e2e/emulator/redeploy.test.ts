/** The flows are changed by a deployment while many grants are open: none is lost, none ends early, new requests follow the new flow. */
import { afterAll, expect, it } from 'vitest';
import { keys } from '../../../shared/model/keys.ts';
import { ask, type Asked, becomes, decide, grantOf } from '../../support/asking.ts';
import { deploy } from '../../support/e2e-deployment.ts';
import { orders } from '../places/orders-db.ts';
import { openTarget } from '../target.ts';
import { deployed, itemOf } from './hub.ts';

const target = await openTarget();
afterAll(() => target.close());
const automatic = orders('read', 'changing-automatic');
const approved = orders('read', 'changing-approved');
const each = 25;

it('keeps what is open as it was made, and serves the new flow from then on', async () => {
  // Half of the automatic ones end while it is deployed or soon after, the others long after.
  const lifetime = (i: number) => (i % 2 ? `${50 + i}s` : '15m');
  const active = await many(each, (i) => ask(target, 'ana', automatic, lifetime(i)));
  const pending = await many(each, () => ask(target, 'ben', approved, '15m'));
  await Promise.all(active.map(({ id }) => becomes(target, id, 'active', 90)));
  await deploy(deployed, { E2E_CHANGED: 'yes' });

  const refused = {
    entitlements: [automatic],
    duration: '10m',
    reason: 'OPS-2: longer than the new flow allows',
  };
  expect((await target.call('ana', 'POST', '/requests', refused)).status).toBe(422);
  const next = await ask(target, 'ben', approved, '5m');
  expect(await decide(target, 'dora', 'approve', next)).toBe(404);
  expect(await decide(target, 'sam', 'approve', next)).toBe(200);
  expect((await grantOf(target, next.id))['flow']).toEqual({ id: 'changing-approved', version: 2 });

  expect(await decide(target, 'dora', 'approve', pending[0] as Asked)).toBe(200);
  await becomes(target, pending[0]?.id ?? '', 'active', 60);
  const later = await Promise.all(pending.slice(1).map(({ id }) => grantOf(target, id)));
  expect(later.map((grant) => [grant['status'], grant['flow'].version])).toEqual(
    later.map(() => ['pending', 1]),
  );
  for (const [i, { id }] of active.entries()) {
    const grant = i % 2 ? await becomes(target, id, 'revoked', 120) : await grantOf(target, id);
    if (grant['status'] === 'active') continue;
    expect([grant['wanted'].cause, grant['closedAt'] >= grant['expiresAt']]).toEqual(['expired', true]);
  }
  expect(
    (await Promise.all(active.map(({ id }) => grantOf(target, id)))).filter(
      (grant) => grant['status'] === 'active',
    ),
  ).toHaveLength(Math.ceil(each / 2));
  const closing = [...active, ...pending, next].map(({ id }) =>
    target.call('adam', 'POST', `/grants/${id}/revoke`, { reason: 'the test is over' }),
  );
  await Promise.all(closing);
});

it('says in the record of the flow who deployed the change', async () => {
  const event = await itemOf(keys.event('flow:changing-automatic', 2));
  expect(JSON.parse(event?.['line'])).toMatchObject({
    type: 'FlowLoaded',
    actor: { kind: 'system', id: expect.stringMatching(/^deploy:.+/) },
    after: 'flow:changing-automatic@2',
  });
});

/** A few at once: the emulator answers some forty calls in a second. */
async function many(count: number, make: (i: number) => Promise<Asked>): Promise<Asked[]> {
  const made: Asked[] = [];
  for (let i = 0; i < count; i += 5)
    made.push(...(await Promise.all(Array.from({ length: Math.min(5, count - i) }, (_, j) => make(i + j)))));
  return made;
}
