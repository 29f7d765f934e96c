/** A run goes on from wherever it was left, by whoever comes, and does nothing twice. */
import { describe, expect, it } from 'vitest';
import { resultWrite } from '../../shared/lifecycle/runs.ts';
import type { Flow } from '../../shared/model/flow.ts';
import { grantAccess } from '../../shared/usecases/grant-access.ts';
import { continueRun } from '../../shared/usecases/continue-run.ts';
import { revokeAccess } from '../../shared/usecases/revoke-access.ts';
import { becomes, isActive, revoke } from '../support/acting.ts';
import { at } from '../support/builders.ts';
import { checkInvariants, eventsOf } from '../support/check-invariants.ts';
import { apply, applyAll, changeFlow, isDone, plan, runOf } from '../support/flow-changes.ts';
import { createWorld, type World } from '../support/world.ts';

const shortens: Partial<Flow> = { onChange: 'shorten', lifetime: { default: 60, max: 120, rules: [] } };

async function withGrants(count: number): Promise<{ world: World; ids: string[] }> {
  const world = await createWorld({ deaf: true });
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    const { id } = await world.ask('read', 600);
    await grantAccess(world.ports, { grantId: id });
    ids.push(id);
  }
  return { world, ids };
}

const shortenings = async (world: World, id: string) =>
  (await eventsOf(world, id)).filter(({ type }) => type === 'AccessShortened');

describe('a run over many grants', () => {
  it('R12 takes a slice at a time, says how far it is, and comes to all of them once', async () => {
    const { world, ids } = await withGrants(510);
    await changeFlow(world, 'orders-read', shortens);
    const runId = await applyAll(world);
    const positions = [(await runOf(world, runId)).run.position];
    while (!(await isDone(world, runId))) {
      await continueRun(world.ports, runId, { most: 120, ms: 60_000 });
      positions.push((await runOf(world, runId)).run.position);
    }
    // The first of them before the answer; a part ends at 500.
    expect(positions).toEqual([25, 145, 265, 385, 505, 510]);
    const { run, outcomes } = await runOf(world, runId);
    expect(run.outcomes).toMatchObject({ shortened: 510, failed: 0 });
    expect(Object.keys(outcomes).toSorted()).toEqual(ids.toSorted());
    for (const id of ids.slice(0, 5)) expect(await shortenings(world, id)).toHaveLength(1);
  });

  it('begins no new batch when its time is over, and leaves the rest to whoever comes next', async () => {
    const { world } = await withGrants(120);
    await changeFlow(world, 'orders-read', shortens);
    const runId = await applyAll(world);
    await continueRun(world.ports, runId, { most: 1000, ms: 0 });
    expect((await runOf(world, runId)).run).toMatchObject({ state: 'running', position: 25 });
    await world.reconcile();
    expect((await runOf(world, runId)).run).toMatchObject({ state: 'done', position: 120 });
  });

  it('is brought to its end by the reconciler alone, which has nothing to do with it afterwards', async () => {
    const { world } = await withGrants(60);
    await changeFlow(world, 'orders-read', shortens);
    const runId = await applyAll(world);
    await world.reconcile();
    const { run } = await runOf(world, runId);
    expect(run).toMatchObject({ state: 'done', outcomes: { shortened: 60 } });
    await world.reconcile();
    expect((await runOf(world, runId)).run).toEqual(run);
  });

  it('is taken by one at a time; who dies with it holds it up for half a minute', async () => {
    const { world } = await withGrants(60);
    await changeFlow(world, 'orders-read', shortens);
    const runId = await applyAll(world);
    world.life.diesAt = (_, name, life) =>
      name === 'write' && life.effects % 7 === 0 ? 'before' : undefined;
    void world.reconcile();
    await world.clock.runUntil(() => world.life.dead, { withinSeconds: 5 });
    await world.restart();
    await world.reconcile();
    await continueRun(world.ports, runId);
    expect(await isDone(world, runId)).toBe(false);
    await world.clock.advance(31);
    await world.reconcile();
    const { run, outcomes } = await runOf(world, runId);
    expect(run).toMatchObject({ state: 'done', outcomes: { shortened: 60 } });
    expect(Object.keys(outcomes)).toHaveLength(60);
  });
});

it('a grant that has its outcome is not touched again, whatever would be due', async () => {
  const { world, ids } = await withGrants(1);
  const [id = ''] = ids;
  await changeFlow(world, 'orders-read', shortens);
  const { digest } = await plan(world);
  const { write } = world.ports.table;
  // The run is begun, and nobody gets to its first slice.
  let left = 1;
  world.ports.table.write = (writes) => (left-- > 0 ? write(writes) : Promise.reject(new Error('no')));
  const { runId } = await apply(world, digest);
  world.ports.table.write = write;
  const result = { schema: 1, grantId: id, outcome: 'failed', at: at(0) } as const;
  await world.table.write([resultWrite(runId, result)]);
  const before = world.life.effects;
  await continueRun(world.ports, runId);
  expect(world.life.effects - before).toBe(3);
  expect((await runOf(world, runId)).run).toMatchObject({ outcomes: { failed: 1, shortened: 0 }, left: 1 });
  expect(await shortenings(world, id)).toEqual([]);
});

describe('what happens while it runs', () => {
  async function begun(change: Partial<Flow> = shortens) {
    const { world, ids } = await withGrants(30);
    await changeFlow(world, 'orders-read', change);
    const runId = await applyAll(world);
    const { outcomes } = await runOf(world, runId);
    const left = ids.filter((id) => outcomes[id] === undefined);
    expect(left).toHaveLength(5);
    return { world, runId, left, first: left[0] ?? '' };
  }

  it('a grant that ends by itself is closed already, one that somebody ends is theirs', async () => {
    const { world, runId, left } = await begun();
    const [closing = '', wanted = ''] = left;
    await revoke(world, 'ana', { id: closing });
    await revokeAccess(world.ports, { grantId: closing });
    await revoke(world, 'ana', { id: wanted });
    await continueRun(world.ports, runId);
    const { run, outcomes } = await runOf(world, runId);
    expect(outcomes[closing]).toBe('already_closed');
    expect(outcomes[wanted]).toBe('not_due');
    expect(await world.grant(wanted)).toMatchObject({ wanted: { cause: 'self', by: { id: 'ana' } } });
    expect(run.outcomes).toEqual({
      shortened: 28,
      revoke_asked: 0,
      already_closed: 1,
      not_due: 1,
      failed: 0,
    });
  });

  it('a flow that changes again is not overruled: what was planned is not done, and is counted as left', async () => {
    const { world, runId, left, first } = await begun();
    await changeFlow(world, 'orders-read', { lifetime: { default: 60, max: 300, rules: [] } });
    await continueRun(world.ports, runId);
    const { run, outcomes } = await runOf(world, runId);
    expect(left.map((id) => outcomes[id])).toEqual(left.map(() => 'not_due'));
    expect(run).toMatchObject({ state: 'done', left: 5 });
    expect(await shortenings(world, first)).toEqual([]);
    await applyAll(world);
    expect(await world.grant(first)).toMatchObject({ maxSeconds: 300 });
  });

  it('what became due to change since its plan is not done silently, and is counted', async () => {
    const { world, runId } = await begun();
    const oncall = await world.ask('oncall', 600);
    await changeFlow(world, 'orders-oncall', { onChange: 'revoke', requesters: [] });
    await continueRun(world.ports, runId);
    expect((await runOf(world, runId)).run).toMatchObject({ state: 'done', left: 1 });
    expect((await world.grant(oncall.id)).wanted).toBeUndefined();
  });
});

describe('Invariant 9 a crash at any effect of an apply', () => {
  const reader: Partial<Flow> = { onChange: 'revoke', requesters: [{ group: 'security' }] };

  async function prepared(): Promise<World> {
    const world = await createWorld({ reconcileEvery: 1 });
    await isActive(world, 600);
    await isActive(world, 600, 'oncall');
    await world.clock.advance(5);
    await changeFlow(world, 'orders-read', shortens);
    await changeFlow(world, 'orders-oncall', reader);
    return world;
  }

  /** Applies with one key, again by the next process when this one dies; then lets time pass until the run is done. */
  async function play(diesAt: World['life']['diesAt']): Promise<{ world: World; runId: string }> {
    const world = await prepared();
    const { digest } = await plan(world);
    world.life.effects = 0;
    world.life.diesAt = diesAt;
    for (let tries = 0; tries < 5; tries++) {
      const answer = apply(world, digest, 'adam', 'k').catch(() => undefined);
      const begun = await Promise.race([answer, world.life.died.then(() => undefined)]);
      if (begun) {
        const over = async () => world.life.dead || isDone(world, begun.runId);
        await world.clock.runUntil(over, { withinSeconds: 60 });
        if (world.life.dead) await world.restart();
        await world.clock.runUntil(() => isDone(world, begun.runId), { withinSeconds: 60 });
        return { world, runId: begun.runId };
      }
      if (world.life.dead) await world.restart();
    }
    throw new Error('never begun');
  }

  it.each(['before', 'after'] as const)(
    'comes to the same end, when the process dies %s it',
    async (death) => {
      const names: string[] = [];
      const whole = await play((_, name) => void names.push(name));
      expect(Object.values((await runOf(whole.world, whole.runId)).outcomes).toSorted()).toEqual([
        'revoke_asked',
        'shortened',
      ]);
      const writes = names.slice(0, 12);
      expect(writes.length).toBeGreaterThan(5);
      for (const [n, name] of writes.entries()) {
        const { world, runId } = await play((effect) => (effect === n + 1 ? death : undefined));
        const { run, outcomes } = await runOf(world, runId);
        const told = `dies ${death} effect ${n + 1}, ${name}`;
        expect(Object.values(outcomes).toSorted(), told).toEqual(['revoke_asked', 'shortened']);
        expect(run, told).toMatchObject({ position: 2, outcomes: { shortened: 1, revoke_asked: 1 } });
        for (const id of Object.keys(outcomes))
          expect(
            (await eventsOf(world, id)).filter(({ type }) => /AccessShortened|RevokeAsked/.test(type)),
            told,
          ).toHaveLength(1);
        await world.clock.advance(140);
        await checkInvariants(world, { ended: true });
      }
    },
  );

  it.each(['refused', 'answer lost'] as const)(
    'and a table that fails at any write (%s) as well',
    async (fault) => {
      for (let n = 1; n <= 7; n++) {
        const { world, runId } = await play((effect, _, life) => {
          if (effect === n) life.tableFaults.push(fault);
          return undefined;
        });
        const { outcomes } = await runOf(world, runId);
        expect(Object.values(outcomes).toSorted(), `${fault} ${n}`).toEqual(['revoke_asked', 'shortened']);
        await world.clock.advance(140);
        await checkInvariants(world, { ended: true });
      }
    },
  );
});

it('a run that is not there is nobody’s fault', async () => {
  const world = await createWorld();
  await continueRun(world.ports, 'rn_none');
  const grant = await isActive(world, 60);
  await becomes(world, grant, 'revoked', 65);
});
