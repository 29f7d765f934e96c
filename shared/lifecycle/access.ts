/** Putting access in place and taking it away, for artefacts of one grant's own and for shared ones alike. */
import type { Reading } from '../connectors/contract.ts';
import { CurfewError } from '../model/errors.ts';
import type { TouchedGrant } from '../model/grant.ts';
import type { Ports, Target } from '../ports.ts';
import { callTarget } from './call-target.ts';
import { converge } from './converge.ts';

/** What a removal found and left. */
export interface Removal {
  found: boolean;
  /** What the grantee had made and is there still, by name, and what became of it. */
  left: string[];
  reading: Reading;
  /** No access is left that this grant gave: its artefact is gone, or others hold it by right. */
  gone: boolean;
  /** By what the grantee has this very access still: other grants, what stood before, what others gave. */
  stillHeldBy: string[];
}

/** Grants, and reads back that it is there. Throws what the connector threw, or `TargetUnavailable`. */
export async function putAccess(
  ports: Ports,
  target: Target,
  grant: TouchedGrant,
  end: Date,
  until: string,
): Promise<void> {
  const { receipt } = grant;
  const reading = receipt.shared
    ? (await converge(ports, target, receipt.artefact, until)).reading
    : await callTarget(ports, target, until, async (call) => {
        await target.connector.grant(call, receipt, end);
        return target.connector.inspect(call, receipt);
      });
  if (!reading.present)
    throw new CurfewError('TargetUnavailable', `${target.integration.name} does not show the access yet.`);
}

/** Removes and reads back, whatever is there. Says so when it is not gone; throws what the connector threw. */
export async function removeAccess(
  ports: Ports,
  target: Target,
  grant: TouchedGrant,
  until: string,
): Promise<Removal> {
  const { receipt } = grant;
  if (receipt.shared) return removeShared(ports, target, grant, until);
  const { found, left, reading } = await callTarget(ports, target, until, async (call) => {
    const removed = await target.connector.revoke(call, receipt);
    return { left: [], ...removed, reading: await target.connector.inspect(call, receipt) };
  });
  return { found, left, reading, gone: !reading.present, stillHeldBy: reading.heldBy };
}

/** The grant has left the artefact already. Is it still there, it must be because others hold it or it stood before. */
async function removeShared(
  ports: Ports,
  target: Target,
  { receipt, id }: TouchedGrant,
  until: string,
): Promise<Removal> {
  const { artefact, reading, found, clean } = await converge(ports, target, receipt.artefact, until);
  const belongs = artefact.holders.length > 0 || artefact.stood === true;
  if (reading.present && !belongs)
    throw new CurfewError('TargetUnavailable', `${receipt.artefact} is still there after its removal.`);
  if (!clean)
    throw new CurfewError(
      'Settling',
      `A call over ${receipt.artefact} may still land; it is read again after that.`,
    );
  const holders = artefact.holders.filter((holder) => holder !== id).map((holder) => `grant ${holder}`);
  const stood = artefact.stood ? ['what stood before Curfew'] : [];
  return {
    found,
    left: [],
    reading,
    gone: true,
    stillHeldBy: [...(reading.present ? [...holders, ...stood] : []), ...reading.heldBy],
  };
}
