/** Credentials: for the grantee alone, while there is access, fresh each time and stored nowhere. */
import { describe, expect, it } from 'vitest';
import { grantAccess } from '../../shared/usecases/grant-access.ts';
import { issueCredentials } from '../../shared/usecases/issue-credentials.ts';
import { revokeAccess } from '../../shared/usecases/revoke-access.ts';
import { extend, revoke } from '../support/acting.ts';
import { checkInvariants, eventsOf } from '../support/check-invariants.ts';
import { createWorld, type World } from '../support/world.ts';

async function active(permission = 'read') {
  const world = await createWorld({ deaf: true });
  const grant = await world.ask(permission, 60);
  await grantAccess(world.ports, { grantId: grant.id });
  return { world, grant };
}

const issue = (world: World, { id }: { id: string }, by = 'ana') =>
  issueCredentials(world.ports, { by: world.person(by), grantId: id });
const conflict = { code: 'StateConflict' };

describe('credentials', () => {
  it('S5 are fresh each time, good until the grant’s end, and stored nowhere', async () => {
    const { world, grant } = await active();
    const first = await issue(world, grant);
    const second = await issue(world, grant);
    expect(first).toMatchObject({ user: world.artefactOf(grant), validUntil: '2026-11-24T12:01:00.000Z' });
    expect(first['password']).not.toBe(second['password']);
    await checkInvariants(world);
  });

  it('S4 are on record: that they were meant to be, and that they were', async () => {
    const { world, grant } = await active();
    await issue(world, grant);
    const types = (await eventsOf(world, grant.id)).map(({ type }) => type);
    expect(types.slice(-2)).toEqual(['CredentialsIntended', 'CredentialsIssued']);
  });

  it('follow an extension', async () => {
    const { world, grant } = await active();
    await extend(world, 'ana', grant, 60);
    expect(await issue(world, grant)).toMatchObject({ validUntil: '2026-11-24T12:02:00.000Z' });
  });

  it.each([
    ['adam', 'Forbidden'],
    ['otto', 'Forbidden'],
    ['ben', 'NotFound'],
  ])('are not for %s: %s', async (by, code) => {
    const { world, grant } = await active();
    await expect(issue(world, grant, by)).rejects.toMatchObject({ code });
    expect(world.target.calls.filter(({ verb }) => verb === 'credentials')).toEqual([]);
  });

  it('of a membership are the grantee’s own, which is said', async () => {
    const { world, grant } = await active('oncall');
    await expect(issue(world, grant)).rejects.toThrow(/your own login ana/);
    expect(await world.grant(grant.id)).toMatchObject({ status: 'active', lease: { calls: [] } });
  });

  it('are refused while nothing is there yet, and when it has ended or is to end', async () => {
    const { world, grant } = await active();
    await expect(issue(world, await world.ask('read', 60))).rejects.toMatchObject(conflict);
    await revoke(world, 'ana', grant);
    await expect(issue(world, grant)).rejects.toMatchObject(conflict);
    await revokeAccess(world.ports, { grantId: grant.id });
    await expect(issue(world, grant)).rejects.toMatchObject(conflict);
  });

  it('are refused from the end on, though nobody has revoked it yet', async () => {
    const { world, grant } = await active();
    await world.clock.advance(60);
    await expect(issue(world, grant)).rejects.toMatchObject(conflict);
  });

  it('P5 that failed are on record, and can be asked for again', async () => {
    const { world, grant } = await active();
    world.target.fault('credentials', { kind: 'fails' });
    await expect(issue(world, grant)).rejects.toMatchObject({ code: 'TargetUnavailable' });
    expect((await eventsOf(world, grant.id)).at(-1)).toMatchObject({ type: 'CredentialsAttemptFailed' });
    await issue(world, grant);
  });

  it('wanted ended during the call are not handed out', async () => {
    const { world, grant } = await active();
    const { credentials } = world.target;
    world.target.credentials = async (...call) => {
      await revoke(world, 'ana', grant);
      await revokeAccess(world.ports, { grantId: grant.id }).catch(() => {});
      world.target.present.set(world.artefactOf(grant), { end: 0 });
      return credentials(...call);
    };
    await expect(issue(world, grant)).rejects.toMatchObject(conflict);
    expect(world.target.hasAccess(world.artefactOf(grant))).toBe(false);
    await revokeAccess(world.ports, { grantId: grant.id });
    await checkInvariants(world, { ended: true });
  });
});
