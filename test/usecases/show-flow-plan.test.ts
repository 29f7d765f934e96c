/** The plan of a flow change: what it holds, whose it is to see, and that looking at it and deploying do nothing. */
import { describe, expect, it } from 'vitest';
import type { Query } from '../../shared/ports.ts';
import { showFlowPlan } from '../../shared/usecases/show-flow-plan.ts';
import { becomes, isActive, revoke } from '../support/acting.ts';
import { eventsOf } from '../support/check-invariants.ts';
import { changeFlow, plan, removeFlow } from '../support/flow-changes.ts';
import { createWorld, type World } from '../support/world.ts';

const short = { default: 60, max: 120, rules: [] };
const actions = (shown: Awaited<ReturnType<typeof plan>>) =>
  shown.items.map(({ grant, change }) => `${grant.id} ${change.action}`);

describe('the plan', () => {
  it('is empty while no flow has changed', async () => {
    const world = await createWorld();
    await isActive(world, 600);
    expect(await plan(world)).toMatchObject({ counts: { keep: 0, shorten: 0, revoke: 0 }, items: [] });
  });

  it('holds what would end first, then what is shortened, then what is kept; and no other flow’s grants', async () => {
    const world = await createWorld();
    const long = await isActive(world, 600);
    const brief = await isActive(world, 100);
    const oncall = await isActive(world, 600, 'oncall');
    await isActive(world, 600, 'read', 'ben');
    const waiting = await world.ask('write');
    await changeFlow(world, 'orders-read', { onChange: 'shorten', lifetime: short });
    await changeFlow(world, 'orders-oncall', { onChange: 'revoke', requesters: [{ group: 'security' }] });
    const shown = await plan(world);
    expect(shown.counts).toEqual({ keep: 1, shorten: 2, revoke: 1 });
    expect(actions(shown)[0]).toBe(`${oncall.id} revoke`);
    expect(actions(shown)).toContain(`${long.id} shorten`);
    expect(actions(shown).at(-1)).toBe(`${brief.id} keep`);
    expect(actions(shown).join()).not.toContain(waiting.id);
    expect(shown.items[0]).toMatchObject({ toVersion: 2 });
  });

  it('holds nothing that was made since, and nothing that is being ended', async () => {
    const world = await createWorld({ deaf: true });
    const wanted = await world.ask('write', 600);
    await changeFlow(world, 'orders-write', { onChange: 'revoke', requesters: [] });
    expect((await plan(world)).counts).toEqual({ keep: 0, shorten: 0, revoke: 1 });
    await revoke(world, 'ana', wanted);
    await changeFlow(world, 'orders-write', { onChange: 'revoke', requesters: [{ group: 'engineers' }] });
    await world.ask('write', 600);
    expect((await plan(world)).items).toEqual([]);
  });

  it('asks the directory of today for whom a flow is', async () => {
    const world = await createWorld();
    const [ana, ben] = [await isActive(world, 600), await isActive(world, 600, 'read', 'ben')];
    await changeFlow(world, 'orders-read', { onChange: 'revoke', requesters: [{ group: 'engineers' }] });
    expect((await plan(world)).counts).toEqual({ keep: 2, shorten: 0, revoke: 0 });
    const { directory } = world.ports;
    const left = (id: string) => (id === 'ben' ? { ...world.person('ben'), groups: [] } : world.person(id));
    world.ports.directory = { ...directory, person: async (id) => left(id) };
    expect(actions(await plan(world))).toEqual([`${ben.id} revoke`, `${ana.id} keep`]);
  });

  it('knows the last version of a flow that left the configuration', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 600);
    await changeFlow(world, 'orders-read', { onChange: 'revoke' });
    await removeFlow(world, 'orders-read');
    expect((await plan(world)).items).toMatchObject([
      { grant: { id: grant.id }, toVersion: undefined, change: { action: 'revoke' } },
    ]);
  });

  it('A7 does nothing, nor does the deploy before it: no event, no end that moves', async () => {
    const world = await createWorld();
    const { id } = await isActive(world, 600);
    await world.clock.advance(1);
    const grant = await world.grant(id);
    const events = await eventsOf(world, id);
    await changeFlow(world, 'orders-read', { onChange: 'revoke', requesters: [], lifetime: short });
    expect((await plan(world)).counts.revoke).toBe(1);
    await world.clock.advance(500);
    expect(await world.grant(id)).toEqual(grant);
    expect(await eventsOf(world, grant.id)).toEqual(events);
    await world.clock.advance(105);
    expect(await world.grant(grant.id)).toMatchObject({ status: 'revoked', wanted: { cause: 'expired' } });
  });
});

describe('its digest', () => {
  const digestOf = async (world: Parameters<typeof plan>[0]) => (await plan(world)).digest;

  it('is the same as long as the same would be done, and begins with the counts', async () => {
    const world = await createWorld();
    await isActive(world, 600);
    const brief = await isActive(world, 30);
    await changeFlow(world, 'orders-read', { onChange: 'shorten', lifetime: short });
    const first = await digestOf(world);
    expect(first).toMatch(/^1-0-[0-9a-f]{32}$/);
    // What is kept comes and goes.
    await becomes(world, brief, 'revoked');
    await isActive(world, 100);
    expect(await digestOf(world)).toBe(first);
  });

  it('is another one when more would be done, or less, or to another end', async () => {
    const world = await createWorld();
    const one = await isActive(world, 600);
    await isActive(world, 600);
    await changeFlow(world, 'orders-read', { onChange: 'shorten', lifetime: short });
    const digests = [await digestOf(world)];
    await revoke(world, 'ana', one);
    digests.push(await digestOf(world));
    await changeFlow(world, 'orders-read', { lifetime: { ...short, max: 121 } });
    digests.push(await digestOf(world));
    await changeFlow(world, 'orders-read', { onChange: 'revoke', requesters: [] });
    digests.push(await digestOf(world));
    expect(new Set(digests).size).toBe(4);
  });

  it('does not change when a grant that is being granted becomes active', async () => {
    const world = await createWorld();
    world.target.fault('grant', { kind: 'slow', seconds: 5 });
    const grant = await world.ask('read', 600);
    await becomes(world, grant, 'granting', 1);
    await changeFlow(world, 'orders-read', { onChange: 'shorten', lifetime: short });
    const first = await digestOf(world);
    expect(first).toMatch(/^1-0-/);
    await becomes(world, grant, 'active', 10);
    expect(await digestOf(world)).toBe(first);
  });
});

it('is read page by page, with the counts of the whole on each', async () => {
  const world = await createWorld();
  for (let n = 0; n < 5; n++) await isActive(world, 600);
  await changeFlow(world, 'orders-read', { onChange: 'shorten', lifetime: short });
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const asked = { by: world.person('otto'), paging: { limit: 2, cursor } };
    const page = await showFlowPlan(world.ports, asked);
    expect(page.counts.shorten).toBe(5);
    ids.push(...page.items.map(({ grant }) => grant.id));
    cursor = page.next;
  } while (cursor !== undefined);
  expect(new Set(ids).size).toBe(5);
});

it('holds a grant once, though it moved in the index between two pages of it', async () => {
  const wrap = (table: World['table']): World['table'] => ({
    ...table,
    async query<T>(query: Query) {
      const page = await table.query<T>(query);
      return query.index === 'due' ? { ...page, items: [...page.items, ...page.items] } : page;
    },
  });
  const world = await createWorld({ wrap });
  await isActive(world, 600);
  await changeFlow(world, 'orders-read', { onChange: 'shorten', lifetime: short });
  const { counts, items } = await plan(world);
  expect(counts.shorten).toBe(1);
  expect(items).toHaveLength(1);
});

it.each(['ana', 'dora', 'mia', 'sam'])('is not for %s', async (by) => {
  const world = await createWorld();
  await expect(plan(world, by)).rejects.toMatchObject({ code: 'Forbidden' });
});
