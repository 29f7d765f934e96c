/** A shared artefact and what is not this grant's alone: what stood before Curfew, and when the target itself would end it. */
import { describe, expect, it } from 'vitest';
import { allEnds, becomes, extend, isActive, revoke } from '../support/acting.ts';
import { checkInvariants } from '../support/check-invariants.ts';
import { createWorld, type World } from '../support/world.ts';

const artefact = 'oncall<-ana';

describe('P9 what stood before Curfew', () => {
  it('stays, and the record says by what it is held', async () => {
    const world = await createWorld();
    world.target.stand(artefact);
    const grant = await isActive(world, 30, 'oncall');
    const heldBy = ['what stood before Curfew'];
    expect(await becomes(world, grant, 'revoked', 32)).toMatchObject({
      outcome: 'still_held',
      evidence: { heldBy },
    });
    await allEnds(world, 10);
  });

  it('stays through grants that come and go, some of them failing', async () => {
    const world = await createWorld({ reconcileEvery: 5 });
    world.target.stand(artefact);
    for (const fault of ['fails', 'fails-after', 'hangs'] as const) {
      world.target.fault('grant', { kind: fault }, 3);
      world.target.fault('revoke', { kind: fault });
      await world.ask('oncall', 30);
      await world.clock.advance(5);
      await world.ask('oncall', 20);
      await world.clock.advance(300);
      await checkInvariants(world);
    }
    await allEnds(world, 300);
  });

  it('and was taken away by hand while a grant ran is not put back at its end', async () => {
    const world = await createWorld();
    world.target.stand(artefact);
    const grant = await isActive(world, 30, 'oncall');
    world.target.standing.clear();
    world.target.present.clear();
    await becomes(world, grant, 'revoked', 40);
    await allEnds(world, 60);
    expect(await world.grant(grant.id)).toMatchObject({ outcome: 'already_absent' });
  });

  it('and was taken away by hand between two grants that overlap is put back by the second, and ends with it', async () => {
    const world = await createWorld();
    world.target.stand(artefact);
    await isActive(world, 60, 'oncall');
    world.target.standing.clear();
    world.target.present.clear();
    await isActive(world, 30, 'oncall');
    expect(world.target.hasAccess(artefact)).toBe(true);
    await allEnds(world, 70);
  });

  it('and was taken away by hand since does not keep a later grant in for ever', async () => {
    const world = await createWorld();
    world.target.stand(artefact);
    await becomes(world, await isActive(world, 30, 'oncall'), 'revoked', 40);
    world.target.standing.clear();
    world.target.present.clear();
    const later = await isActive(world, 30, 'oncall');
    await becomes(world, later, 'revoked', 40);
    await checkInvariants(world, { ended: true });
  });

  it('and was given by hand since the last grant is left alone by the next', async () => {
    const world = await createWorld();
    await becomes(world, await isActive(world, 30, 'oncall'), 'revoked', 40);
    world.target.stand(artefact);
    await becomes(world, await isActive(world, 30, 'oncall'), 'revoked', 40);
    await checkInvariants(world, { ended: true });
  });

  it('is not removed by a revoke that is done over again', async () => {
    const world = await createWorld();
    world.target.stand(artefact);
    const grant = await isActive(world, 30, 'oncall');
    let lost = 1;
    const { table } = world.ports;
    const write: typeof table.write = async (writes) => {
      if (JSON.stringify(writes).includes('"revoked"') && lost-- > 0) throw new Error('the table is away');
      return table.write(writes);
    };
    world.ports.table = { ...table, write };
    await becomes(world, grant, 'revoked', 120);
    await checkInvariants(world, { ended: true });
  });
});

describe('the target’s own end of a shared artefact', () => {
  const ownEnd = (world: World) => world.target.present.get(artefact)?.end ?? 0;

  it('is a backstop: a minute later than the last moment of whoever holds it longest', async () => {
    const world = await createWorld();
    const long = await isActive(world, 3600, 'oncall');
    await isActive(world, 60, 'oncall');
    expect(ownEnd(world)).toBeGreaterThanOrEqual(Date.parse(long.expiresBy) + 60_000);
  });

  it('is moved by an extension, never back', async () => {
    const world = await createWorld();
    const short = await isActive(world, 60, 'oncall');
    await extend(world, 'ana', short, 120);
    expect(ownEnd(world)).toBe(Date.parse(short.expiresAt) + 180_000);
    const long = await isActive(world, 3600, 'oncall');
    await extend(world, 'ana', short, 60);
    expect(ownEnd(world)).toBeGreaterThanOrEqual(Date.parse(long.expiresBy) + 60_000);
  });

  it('is made anew when everybody had left', async () => {
    const world = await createWorld();
    await revoke(world, 'ana', await isActive(world, 36_000, 'oncall'));
    await world.clock.advance(5);
    const short = await isActive(world, 60, 'oncall');
    expect(ownEnd(world)).toBe(Date.parse(short.expiresBy) + 60_000);
  });
});
