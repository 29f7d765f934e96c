/** The only way a grant changes: legal, on record, and never on top of somebody else's change. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { amend } from '../../shared/lifecycle/amend.ts';
import { system } from '../../shared/lifecycle/failure.ts';
import { CurfewError } from '../../shared/model/errors.ts';
import type { StoredEvent } from '../../shared/model/events.ts';
import { transitions } from '../../shared/model/grant.ts';
import type { Write } from '../../shared/ports.ts';
import { checkInvariants } from '../support/check-invariants.ts';
import { createWorld } from '../support/world.ts';

const said = { type: 'AccessHeld', actor: system } as const;

async function begin() {
  const world = await createWorld({ deaf: true });
  const grant = await world.ask('read', 60);
  return { world, grant };
}

describe('a change', () => {
  it('A2 that the table of transitions does not allow is refused, and nothing is written', async () => {
    const { world, grant } = await begin();
    for (const to of ['active', 'revoked', 'revoking', 'pending', 'rejected'] as const) {
      expect(transitions.approved).not.toContain(to);
      const changing = amend(world.ports, grant.id, () => ({ to, said }));
      await expect(changing).rejects.toMatchObject({ code: 'StateConflict' });
    }
    expect((await world.grant(grant.id)).chain.seq).toBe(1);
  });

  it('that makes no valid grant is refused, and nothing is written', async () => {
    const { world, grant } = await begin();
    await expect(amend(world.ports, grant.id, () => ({ to: 'granting', said }))).rejects.toThrow();
    await expect(
      amend(world.ports, grant.id, () => ({ to: 'approved', patch: { stray: 1 }, said })),
    ).rejects.toThrow();
    expect((await world.grant(grant.id)).chain.seq).toBe(1);
  });

  it('is decided anew on what a rival wrote', async () => {
    const { world, grant } = await begin();
    const count = (to: number) => ({ to: 'approved' as const, patch: { attempts: to }, said });
    await Promise.all(
      Array.from({ length: 20 }, () => amend(world.ports, grant.id, ({ attempts }) => count(attempts + 1))),
    );
    expect(await world.grant(grant.id)).toMatchObject({ attempts: 20, chain: { seq: 21 } });
    await checkInvariants(world);
  });

  it('gives up after fifty lost races', async () => {
    const { world, grant } = await begin();
    let tries = 0;
    const write = async () => {
      tries++;
      throw new CurfewError('Conflict', 'always');
    };
    const table = { ...world.ports.table, write };
    await expect(
      amend({ ...world.ports, table }, grant.id, () => ({ to: 'approved', said })),
    ).rejects.toMatchObject({ code: 'Conflict' });
    expect(tries).toBe(50);
  });

  it('that is none writes nothing', async () => {
    const { world, grant } = await begin();
    expect(await amend(world.ports, grant.id, () => undefined)).toMatchObject({
      changed: false,
      grant: { id: grant.id },
    });
    expect((await world.grant(grant.id)).chain.seq).toBe(1);
  });

  it('S3 is all or nothing with what is written beside it', async () => {
    const { world, grant } = await begin();
    const also: Write[] = [{ check: { pk: 'NO', sk: 'NO' }, expect: 7 }];
    await expect(amend(world.ports, grant.id, () => ({ to: 'approved', said, also }))).rejects.toMatchObject({
      code: 'Conflict',
    });
    expect((await world.grant(grant.id)).chain.seq).toBe(1);
  });
});

describe('an event', () => {
  it('is hashed as the very bytes that are stored, in the order of fields that the model gives', async () => {
    const { world, grant } = await begin();
    const item = await world.table.get<StoredEvent>({ pk: `GRANT#${grant.id}`, sk: 'EVENT#00000001' });
    const { line, hash } = item?.data ?? { line: '', hash: '' };
    expect(createHash('sha256').update(line).digest('hex')).toBe(hash);
    expect(Object.keys(JSON.parse(line) as object)).toEqual(
      'schema id grantId requestId seq type at actor reason before after correlationId details prevHash'.split(
        ' ',
      ),
    );
    expect(grant.chain).toEqual({ seq: 1, hash });
  });
});
