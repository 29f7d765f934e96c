/**
 * Memberships: several grants may mean one artefact at the target. The person stays in until the last of them ends and is
 * out then. What stood before, and the target's own end: shared-artefact-stood.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { readArtefact } from '../../shared/lifecycle/artefact.ts';
import { grantAccess } from '../../shared/usecases/grant-access.ts';
import { revokeAccess } from '../../shared/usecases/revoke-access.ts';
import { allEnds, becomes, isActive, revoke } from '../support/acting.ts';
import { checkInvariants } from '../support/check-invariants.ts';
import { createWorld, type World } from '../support/world.ts';

const artefact = 'oncall<-ana';
const member = (world: World) => world.target.hasAccess(artefact);
const itemOf = async ({ table }: World) => (await readArtefact({ table }, 'orders-db', artefact))?.artefact;

/** Numbers that look random and are the same each time. */
function scattered(count: number, most: number): number[] {
  return Array.from({ length: count }, (_, n) => 20 + ((n * 7919 + 104_729) % most));
}

describe('twenty overlapping grants over one artefact', () => {
  it('keep the person in until the last one ends, and out from then on', async () => {
    const world = await createWorld();
    const lifetimes = scattered(20, 300);
    const grants = [];
    for (const lifetime of lifetimes) {
      grants.push(await world.ask('oncall', lifetime));
      await world.clock.advance(1);
    }
    await world.clock.advance(4);
    for (;;) {
      await checkInvariants(world);
      const statuses = await Promise.all(grants.map(async ({ id }) => (await world.grant(id)).status));
      if (statuses.every((status) => status === 'revoked')) break;
      if (statuses.includes('active')) expect(member(world)).toBe(true);
      await world.clock.advance(5);
    }
    expect(member(world)).toBe(false);
    const outcomes = await Promise.all(
      grants.map(async ({ id }) => (await world.grant(id)) as { outcome?: string }),
    );
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(expect.arrayContaining(['still_held', 'revoked']));
    expect(await itemOf(world)).toMatchObject({ holders: [], dirty: false, lease: { calls: [] } });
    expect(world.target.history).toHaveLength(2);
  });

  it('asked for at one moment, of a target that takes its time, all get in and all get out', async () => {
    const world = await createWorld({ reconcileEvery: 5 });
    world.target.fault('grant', { kind: 'slow', seconds: 1 }, 20);
    const grants = await Promise.all(
      scattered(20, 100).map((lifetime) => world.ask('oncall', 100 + lifetime)),
    );
    await world.clock.advance(90);
    for (const { id } of grants) expect((await world.grant(id)).status).toBe('active');
    await allEnds(world, 400);
  });

  it('wanted ended at one moment, all end with it', async () => {
    const world = await createWorld({ reconcileEvery: 5 });
    const grants = [];
    for (let n = 0; n < 20; n++) grants.push(await isActive(world, 3600, 'oncall'));
    await Promise.all(grants.map((grant) => revoke(world, 'ana', grant)));
    await allEnds(world, 60);
  });
});

describe('P8 two grants over one artefact', () => {
  it('of which the first to come ends first: the second holds it', async () => {
    const world = await createWorld();
    const a = await isActive(world, 30, 'oncall');
    const b = await isActive(world, 60, 'oncall');
    expect(await becomes(world, a, 'revoked', 32)).toMatchObject({
      outcome: 'still_held',
      evidence: { heldBy: [`grant ${b.id}`] },
    });
    expect(member(world)).toBe(true);
    await allEnds(world, 40);
    expect(await world.grant(b.id)).toMatchObject({ outcome: 'revoked' });
  });

  it('of which the second comes while the first is being removed', async () => {
    const world = await createWorld({ reconcileEvery: 5 });
    const a = await isActive(world, 30, 'oncall');
    await revoke(world, 'ana', a);
    world.target.fault('revoke', { kind: 'lands-late', seconds: 8 });
    await becomes(world, a, 'revoking', 2);
    const b = await world.ask('oncall', 60);
    await becomes(world, b, 'active', 60);
    await world.clock.advance(10);
    await checkInvariants(world);
    expect(member(world)).toBe(true);
    await allEnds(world, 120);
  });

  it('at different targets’ roles, or of different people, do not meet', async () => {
    const world = await createWorld();
    const ana = await isActive(world, 30, 'oncall', 'ana');
    await isActive(world, 60, 'oncall', 'ben');
    await becomes(world, ana, 'revoked', 32);
    expect([...world.target.present.keys()]).toEqual(['oncall<-ben']);
    await allEnds(world, 60);
  });
});

describe('P11 a slow call whose lease was lost', () => {
  it('and lands after the removal is taken out again before anybody says revoked', async () => {
    const world = await createWorld({ reconcileEvery: 5 });
    world.target.fault('grant', { kind: 'lands-late', seconds: 8 });
    const grant = await world.ask('oncall', 600);
    await becomes(world, grant, 'granting', 1);
    await revoke(world, 'ana', grant);
    await becomes(world, grant, 'revoked', 120);
    await checkInvariants(world, { ended: true });
    await allEnds(world, 30);
  });

  it('is never the reason to call it revoked while it may land', async () => {
    const world = await createWorld();
    world.target.fault('grant', { kind: 'slow', seconds: 7 });
    const grant = await world.ask('oncall', 600);
    await becomes(world, grant, 'granting', 1);
    await revoke(world, 'ana', grant);
    await expect(revokeAccess(world.ports, { grantId: grant.id })).rejects.toMatchObject({
      code: 'Settling',
    });
    await becomes(world, grant, 'revoked', 90);
    await allEnds(world, 30);
  });
});

describe('P11 a call that began late, since it had to wait for another’s', () => {
  it('is waited for, though the grant’s own lease is over by then', async () => {
    const world = await createWorld({ deaf: true });
    world.target.fault('grant', { kind: 'hangs' });
    world.target.fault('grant', { kind: 'slow', seconds: 8 });
    const give = ({ id }: { id: string }) => void grantAccess(world.ports, { grantId: id }).catch(() => {});
    const a = await world.ask('oncall', 600);
    give(a);
    await world.clock.advance(0.5);
    const b = await world.ask('oncall', 600);
    give(b);
    await world.clock.advance(11);
    for (const grant of [a, b]) await revoke(world, 'ana', grant);
    const revoking = [a, b].map(({ id }) =>
      revokeAccess(world.ports, { grantId: id }).catch((error: unknown) => error),
    );
    await world.clock.advance(1);
    for (const answer of await Promise.all(revoking)) expect(answer).toMatchObject({ name: 'Settling' });
    await world.clock.advance(10);
    for (const { id } of [a, b]) await revokeAccess(world.ports, { grantId: id });
    expect(world.target.history.map((change) => change.present)).toEqual([true, false]);
    await checkInvariants(world, { ended: true });
  });
});

describe('a converge', () => {
  it('that fails for a while is done when the target is back', async () => {
    const world = await createWorld({ reconcileEvery: 10 });
    const grant = await isActive(world, 30, 'oncall');
    world.target.fault('revoke', { kind: 'fails' }, 100_000);
    await becomes(world, grant, 'revoke_failed', 300);
    await world.clock.advance(3600);
    expect((await itemOf(world))?.dirty).toBe(true);
    world.target.heal();
    await allEnds(world, 16 * 60);
    expect((await itemOf(world))?.dirty).toBe(false);
  });

  it('that was left undone by a crash right after joining is done by the next process', async () => {
    const world = await createWorld({
      reconcileEvery: 5,
      diesAt: (_, name) => (name === 'grant' ? 'before' : undefined),
    });
    const grant = await world.ask('oncall', 60);
    await world.clock.advance(1);
    expect(world.life.dead).toBe(true);
    expect(await itemOf(world)).toMatchObject({ holders: [grant.id], dirty: true });
    await world.restart();
    await becomes(world, grant, 'active', 60);
    await allEnds(world, 80);
  });

  it('that was left undone because its process lost the table is done by the reconciler', async () => {
    const world = await createWorld({ reconcileEvery: 5 });
    const a = await isActive(world, 30, 'oncall');
    await isActive(world, 3600, 'oncall');
    const key = { pk: 'ARTEFACT#orders-db', sk: artefact };
    const item = await world.table.get<object>(key);
    if (!item) throw new Error('no item');
    const { version, ...put } = item;
    const index = { due: { partition: 'DIRTY', range: `orders-db#${artefact}` } };
    await world.table.write([
      { put: { ...put, index, data: { ...put.data, dirty: true } }, expect: version },
    ]);
    world.target.present.clear();
    await world.clock.advance(6);
    expect(member(world)).toBe(true);
    expect((await itemOf(world))?.dirty).toBe(false);
    await becomes(world, a, 'revoked', 40);
    await allEnds(world, 3700);
  });
});
