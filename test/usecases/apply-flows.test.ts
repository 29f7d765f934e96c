/** Applying changed flows: exactly what the plan showed, to each grant once, or nothing. */
import { describe, expect, it } from 'vitest';
import type { Flow } from '../../shared/model/flow.ts';
import { keys } from '../../shared/model/keys.ts';
import { isActive, revoke } from '../support/acting.ts';
import { aPerson, at } from '../support/builders.ts';
import { checkInvariants, eventsOf } from '../support/check-invariants.ts';
import { apply, applyAll, changeFlow, endOf, plan, runOf } from '../support/flow-changes.ts';
import { createWorld, somePeople, type World } from '../support/world.ts';

const short = { default: 60, max: 120, rules: [] };
const shortens: Partial<Flow> = { onChange: 'shorten', lifetime: short };
const toSecurity: Partial<Flow> = { onChange: 'revoke', requesters: [{ group: 'security' }] };

async function eventTypes(world: World, id: string): Promise<string[]> {
  return (await eventsOf(world, id)).map(({ type }) => type);
}

describe('the run', () => {
  it('has the outcome of every grant of its plan, and events of its own in a chain', async () => {
    const world = await createWorld();
    const [long, over] = [await isActive(world, 600), await isActive(world, 600, 'oncall')];
    const kept = await isActive(world, 30);
    await changeFlow(world, 'orders-read', shortens);
    await changeFlow(world, 'orders-oncall', toSecurity);
    const runId = await applyAll(world);
    const { run, outcomes } = await runOf(world, runId);
    expect(run).toMatchObject({
      state: 'done',
      total: 2,
      position: 2,
      left: 0,
      counts: { keep: 1, shorten: 1, revoke: 1 },
      outcomes: { shortened: 1, revoke_asked: 1, already_closed: 0, not_due: 0, failed: 0 },
      by: { id: 'adam' },
    });
    expect(outcomes).toEqual({ [long.id]: 'shortened', [over.id]: 'revoke_asked' });
    expect((await world.grant(kept.id)).maxSeconds).toBe(3600);
    const events = await eventsOf(world, runId);
    expect(events.map(({ type, before, after }) => [type, before, after])).toEqual([
      ['FlowsApplied', null, 'running'],
      ['RunFinished', 'running', 'done'],
    ]);
    expect(events[1]?.prevHash).not.toBe(events[0]?.prevHash);
  });

  it('of a plan in which nothing changes is done at once', async () => {
    const world = await createWorld();
    await isActive(world, 600);
    const { run } = await runOf(world, await applyAll(world));
    expect(run).toMatchObject({ state: 'done', total: 0, left: 0 });
  });

  it('makes the next plan empty of changes', async () => {
    const world = await createWorld();
    await isActive(world, 600);
    await changeFlow(world, 'orders-read', shortens);
    await applyAll(world);
    expect((await plan(world)).counts).toEqual({ keep: 1, shorten: 0, revoke: 0 });
  });
});

describe('a plan that is another one by now', () => {
  it('is refused, says in what it differs, and nothing is done', async () => {
    const world = await createWorld();
    const first = await isActive(world, 600);
    await changeFlow(world, 'orders-read', shortens);
    const { digest } = await plan(world);
    await changeFlow(world, 'orders-read', toSecurity);
    const now = (await plan(world)).digest;
    await expect(apply(world, digest)).rejects.toMatchObject({
      code: 'StateConflict',
      message: expect.stringMatching(
        new RegExp(`Nothing was done.*shorten 1 then and 0 now, to revoke 0 then and 1 now.*${now}`),
      ),
    });
    expect(await eventTypes(world, first.id)).not.toContain('RevokeAsked');
    expect(endOf(await world.grant(first.id))).toBe(at(600));
    const runs = await world.table.query({ index: 'due', partition: 'RUNS', limit: 5 });
    expect(runs.items).toEqual([]);
  });

  it('is so because a grant of it has ended, too', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 600);
    await isActive(world, 600);
    await changeFlow(world, 'orders-read', shortens);
    const { digest } = await plan(world);
    await revoke(world, 'ana', grant);
    await expect(apply(world, digest)).rejects.toMatchObject({ code: 'StateConflict' });
  });
});

describe('whoever applies', () => {
  it.each(['ana', 'dora', 'otto', 'mia'])('is not %s', async (by) => {
    const world = await createWorld();
    const { digest } = await plan(world);
    await expect(apply(world, digest, by)).rejects.toMatchObject({ code: 'Forbidden' });
  });

  it('twice with one key has one run, also at one moment, and after the plan has changed', async () => {
    const world = await createWorld();
    const { id } = await isActive(world, 600);
    await changeFlow(world, 'orders-read', shortens);
    const { digest } = await plan(world);
    const both = await Promise.all([1, 2].map(() => apply(world, digest, 'adam', 'k1')));
    const later = await apply(world, digest, 'adam', 'k1');
    expect(new Set([...both, later].map(({ runId }) => runId)).size).toBe(1);
    expect((await eventTypes(world, id)).filter((type) => type === 'AccessShortened')).toHaveLength(1);
  });

  it('at the moment of another admin does nothing twice, and both are told what became of each grant', async () => {
    const alma = aPerson('alma', { groups: ['admins'] });
    const world = await createWorld({ people: [...somePeople, alma] });
    const grants = [];
    for (let n = 0; n < 10; n++) grants.push(await isActive(world, 600));
    await changeFlow(world, 'orders-read', toSecurity);
    const { digest } = await plan(world);
    const begun = await Promise.all([apply(world, digest, 'adam'), apply(world, digest, 'alma')]);
    for (const { runId } of begun) {
      const { run, outcomes } = await runOf(world, runId);
      expect(run).toMatchObject({ state: 'done', outcomes: { failed: 0 } });
      expect(Object.keys(outcomes)).toHaveLength(10);
    }
    for (const { id } of grants)
      expect((await eventTypes(world, id)).filter((type) => type === 'RevokeAsked')).toHaveLength(1);
    await world.clock.advance(5);
    await checkInvariants(world, { ended: true });
  });
});

it('a grant that cannot be read is a failed outcome, and holds up no other', async () => {
  const world = await createWorld();
  const [bad, good] = [await isActive(world, 600), await isActive(world, 600)];
  await changeFlow(world, 'orders-read', shortens);
  const { digest } = await plan(world);
  const { get } = world.ports.table;
  world.ports.table.get = async (key) => {
    if (key.pk === keys.grant(bad.id).pk && key.sk === 'GRANT') throw new Error('cannot be read');
    return get(key);
  };
  const { runId } = await apply(world, digest);
  world.ports.table.get = get;
  const { run, outcomes } = await runOf(world, runId);
  expect(outcomes).toEqual({ [bad.id]: 'failed', [good.id]: 'shortened' });
  expect(run).toMatchObject({ state: 'done', outcomes: { failed: 1 }, left: 1 });
  await applyAll(world);
  expect(endOf(await world.grant(bad.id))).toBe(endOf(await world.grant(good.id)));
});
