/**
 * After a restart of the only process there is: its calls died with it. Where the connector can prove that none of them is
 * still running at the target, their leases are released, so that nobody waits for the dead.
 */
import { amend } from '../lifecycle/amend.ts';
import { amendArtefact, Artefact } from '../lifecycle/artefact.ts';
import { callTarget } from '../lifecycle/call-target.ts';
import { system } from '../lifecycle/failure.ts';
import { integrations, target as findTarget } from '../lifecycle/load.ts';
import { openGrants } from '../lifecycle/open-grants.ts';
import { type Grant, isOpen } from '../model/grant.ts';
import { partitions } from '../model/keys.ts';
import { toInstant } from '../model/time.ts';
import type { Ports } from '../ports.ts';

/** A target that does not answer must not hold up the start: its leases run out by themselves. */
const patienceSeconds = 3;

/** Ids of the integrations whose calls are proven over. The others' leases run out by themselves. */
export async function releaseLeases(ports: Ports): Promise<string[]> {
  const ids = await Promise.all(
    (await integrations(ports)).map(async ({ id }) => ((await quiesced(ports, id)) ? [id] : [])),
  );
  const quiet = ids.flat();
  for await (const grant of openGrants(ports))
    if (quiet.includes(grant.entitlement.integration)) await release(ports, grant);
  const { items } = await ports.table.query({ index: 'due', partition: partitions.dirty(), limit: 200 });
  for (const item of items) await releaseArtefact(ports, Artefact.parse(item.data), quiet);
  return quiet;
}

async function quiesced(ports: Ports, id: string): Promise<boolean> {
  const target = await findTarget(ports, id);
  const { quiesce } = target.connector;
  if (!quiesce) return false;
  const until = toInstant(ports.clock.now() + patienceSeconds * 1000);
  return callTarget(ports, target, until, (call) => quiesce(call)).then(
    () => true,
    () => false,
  );
}

async function release(ports: Ports, { id, lease }: Grant): Promise<void> {
  if (lease.calls.length === 0) return;
  await amend(ports, id, (grant) => {
    if (!isOpen(grant) || grant.lease.calls.length === 0) return undefined;
    // Its execution is started next, and may have to queue for the target.
    const nextTryAt = toInstant(ports.clock.now() + 30_000);
    const patch = { lease: { ...grant.lease, calls: [] }, nextTryAt };
    return {
      to: grant.status,
      patch,
      said: { type: 'LeaseReleased', actor: system, reason: 'the process that held it is gone' },
    };
  });
}

async function releaseArtefact(
  ports: Ports,
  { integration, receipt }: Artefact,
  quiet: string[],
): Promise<void> {
  if (!quiet.includes(integration)) return;
  await amendArtefact(ports, integration, receipt.artefact, (artefact) => ({
    ...artefact,
    lease: { ...artefact.lease, calls: [] },
  }));
}
