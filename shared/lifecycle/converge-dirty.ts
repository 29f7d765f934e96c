/** Shared artefacts that somebody left dirty: a lost lease, a crash, a call that may have landed late (P11). */
import { partitions } from '../model/keys.ts';
import { toInstant } from '../model/time.ts';
import type { Ports } from '../ports.ts';
import { Artefact } from './artefact.ts';
import { converge } from './converge.ts';
import { livingCalls } from './lease.ts';
import { target as findTarget } from './load.ts';

/** Converges those that nobody is at just now. What fails is reported, stays dirty, and is met again. */
export async function convergeDirty(ports: Ports): Promise<{ id: string; error: string }[]> {
  const { items } = await ports.table.query({ index: 'due', partition: partitions.dirty(), limit: 200 });
  const failed: { id: string; error: string }[] = [];
  for (const item of items) {
    const artefact = Artefact.parse(item.data);
    if (livingCalls(artefact.lease, ports.clock.now()).length > 0) continue;
    const { integration, receipt } = artefact;
    try {
      const target = await findTarget(ports, integration);
      await converge(
        ports,
        target,
        receipt.artefact,
        toInstant(ports.clock.now() + target.connector.callSeconds * 1000),
      );
    } catch (error) {
      failed.push({
        id: `${integration} ${receipt.artefact}`,
        error: error instanceof Error ? error.message : 'unknown',
      });
    }
  }
  return failed;
}
