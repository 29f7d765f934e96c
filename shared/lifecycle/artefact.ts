/**
 * Shared artefacts (a role membership, later a group membership): two grants may mean the same one. Their item says who
 * holds it and what stood before; joining and leaving it is part of the grant's own write.
 */
import * as z from 'zod';
import { CurfewError, isCurfewError } from '../model/errors.ts';
import { Lease, Receipt } from '../model/grant.ts';
import { keys, partitions } from '../model/keys.ts';
import type { Item, Ports, Write } from '../ports.ts';
import { noLease } from './lease.ts';

export const Artefact = z.strictObject({
  schema: z.literal(1),
  integration: z.string(),
  /** Names what to change; its `stood` is not used, the one below is. */
  receipt: Receipt,
  holders: z.array(z.string()),
  /** Did it stand before Curfew? Unknown while nobody holds it and its absence was verified. */
  stood: z.boolean().optional(),
  /** The newest end that a holder asked for, which the target may enforce itself. */
  end: z.string(),
  lease: Lease,
  /** Holders changed, or a call may have landed, since the target was last made to match. */
  dirty: z.boolean(),
});
export type Artefact = z.infer<typeof Artefact>;

export interface LoadedArtefact {
  artefact: Artefact;
  version: number;
}

/** The artefact's item. Undefined before the first grant over it. */
export async function readArtefact(
  ports: Pick<Ports, 'table'>,
  integration: string,
  name: string,
): Promise<LoadedArtefact | undefined> {
  const item = await ports.table.get(keys.artefact(integration, name));
  return item && { artefact: Artefact.parse(item.data), version: item.version };
}

/** A holder joins. `stood` is taken from the receipt only when nothing is known; whoever wrote first knows best. */
export function joinArtefact(
  found: LoadedArtefact | undefined,
  integration: string,
  receipt: Receipt,
  grantId: string,
  end: string,
): Write {
  const before = found?.artefact;
  const holders = [...new Set([...(before?.holders ?? []), grantId])];
  const latest = before && before.holders.length > 0 && before.end > end ? before.end : end;
  const artefact: Artefact = {
    schema: 1,
    integration,
    receipt,
    holders,
    stood: before?.stood ?? receipt.stood,
    end: latest,
    lease: before?.lease ?? noLease,
    dirty: true,
  };
  return { put: artefactItem(artefact), expect: found?.version ?? 'absent' };
}

/** The newest end of any holder, once this one is among them. */
export async function raiseEnd(
  ports: Pick<Ports, 'table'>,
  integration: string,
  name: string,
  end: string,
): Promise<string> {
  const { artefact } = await amendArtefact(ports, integration, name, (current) =>
    current.end < end ? { ...current, end } : undefined,
  );
  return artefact.end;
}

/** A holder leaves. No write when it is not among them. */
export function leaveArtefact(found: LoadedArtefact | undefined, grantId: string): Write[] {
  if (!found?.artefact.holders.includes(grantId)) return [];
  const holders = found.artefact.holders.filter((id) => id !== grantId);
  return [{ put: artefactItem({ ...found.artefact, holders, dirty: true }), expect: found.version }];
}

/** Changes the item alone (its lease, its mark); read and decided anew when somebody else was faster. */
export async function amendArtefact(
  ports: Pick<Ports, 'table'>,
  integration: string,
  name: string,
  decide: (artefact: Artefact) => Artefact | undefined,
): Promise<{ artefact: Artefact; changed: boolean }> {
  for (let tries = 1; ; tries++) {
    const found = await readArtefact(ports, integration, name);
    if (!found) throw new CurfewError('NotFound', `No grant ever touched ${name} at ${integration}.`);
    const next = decide(found.artefact);
    if (!next) return { artefact: found.artefact, changed: false };
    try {
      await ports.table.write([{ put: artefactItem(next), expect: found.version }]);
      return { artefact: next, changed: true };
    } catch (error) {
      if (!isCurfewError(error, 'Conflict') || tries >= 100) throw error;
    }
  }
}

function artefactItem(artefact: Artefact): Omit<Item, 'version'> {
  const name = artefact.receipt.artefact;
  return {
    ...keys.artefact(artefact.integration, name),
    kind: 'artefact',
    index: artefact.dirty
      ? { due: { partition: partitions.dirty(), range: `${artefact.integration}#${name}` } }
      : {},
    data: artefact,
  };
}
