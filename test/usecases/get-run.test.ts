/** A run is read by who began it, by admins and auditors, and is not there for anybody else. */
import { expect, it } from 'vitest';
import { getRun } from '../../shared/usecases/get-run.ts';
import { isActive } from '../support/acting.ts';
import { applyAll, changeFlow } from '../support/flow-changes.ts';
import { createWorld } from '../support/world.ts';

const short = { default: 60, max: 120, rules: [] };

it.each(['adam', 'otto'])('%s reads it, page by page', async (who) => {
  const world = await createWorld();
  for (let n = 0; n < 3; n++) await isActive(world, 600);
  await changeFlow(world, 'orders-read', { onChange: 'shorten', lifetime: short });
  const runId = await applyAll(world);
  const by = world.person(who);
  const first = await getRun(world.ports, { by, runId, paging: { limit: 2 } });
  const second = await getRun(world.ports, { by, runId, paging: { limit: 2, cursor: first.next } });
  expect(first.run.outcomes.shortened).toBe(3);
  expect([...first.items, ...second.items].map(({ outcome }) => outcome)).toEqual(
    Array.from({ length: 3 }, () => 'shortened'),
  );
});

it('who began it reads it, also when they are no admin any more', async () => {
  const world = await createWorld();
  const runId = await applyAll(world);
  const by = { ...world.person('adam'), groups: [] };
  expect((await getRun(world.ports, { by, runId, paging: {} })).run.id).toBe(runId);
});

it.each(['ana', 'dora', 'mia', 'sam'])('for %s it is not there, like one that never was', async (who) => {
  const world = await createWorld();
  const runId = await applyAll(world);
  const by = world.person(who);
  await expect(getRun(world.ports, { by, runId, paging: {} })).rejects.toMatchObject({ code: 'NotFound' });
  await expect(getRun(world.ports, { by, runId: 'rn_x', paging: {} })).rejects.toMatchObject({
    code: 'NotFound',
  });
});
