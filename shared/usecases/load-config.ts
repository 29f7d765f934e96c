/** Puts a validated configuration into the table: flows by version, integrations as they are, and who loaded it. */
import { createHash } from 'node:crypto';
import { eventItem } from '../lifecycle/items.ts';
import { configItems } from '../lifecycle/load.ts';
import type { Config, Integration } from '../model/config.ts';
import { noHash } from '../model/events.ts';
import type { Flow } from '../model/flow.ts';
import { type Key, keys } from '../model/keys.ts';
import type { Actor } from '../model/person.ts';
import { toInstant } from '../model/time.ts';
import type { Item, Ports, Write } from '../ports.ts';

type LoadPorts = Pick<Ports, 'table' | 'clock'>;

interface StoredFlow {
  flow: Flow;
  version: number;
  digest: string;
  order: number;
  removed: boolean;
  /** Head of the chain of this flow's own events. */
  hash: string;
}

interface StoredIntegration {
  integration: Integration;
  removed: boolean;
}

/**
 * 1. each flow that changed gets a new version, with an event 2. what left the configuration is marked, and still served:
 * grants of it must end. Open grants keep the version that they were made with. Answers with the flows that changed.
 */
export async function loadConfig(
  ports: LoadPorts,
  config: Pick<Config, 'flows' | 'integrations'>,
  by: Actor,
): Promise<string[]> {
  const stored = [
    ...(await configItems<StoredFlow & StoredIntegration>(ports, 'FLOW#')),
    ...(await configItems<StoredFlow & StoredIntegration>(ports, 'INTEGRATION#')),
  ];
  const find = <T>(key: Key) => stored.find((item) => item.sk === key.sk) as Item<T> | undefined;
  const changed: string[] = [];
  for (const [order, flow] of config.flows.entries())
    if (await putFlow(ports, find<StoredFlow>(keys.flow(flow.id)), { flow, order, removed: false }, by))
      changed.push(flow.id);
  for (const integration of config.integrations)
    await putIntegration(ports, find<StoredIntegration>(keys.integration(integration.id)), {
      integration,
      removed: false,
    });
  for (const item of stored) await markRemoved(ports, item, config, by);
  return changed;
}

async function putFlow(
  ports: LoadPorts,
  before: Item<StoredFlow> | undefined,
  now: Pick<StoredFlow, 'flow' | 'order' | 'removed'>,
  by: Actor,
): Promise<boolean> {
  const digest = digestOf(now.flow);
  const same = before?.data.digest === digest && before.data.removed === now.removed;
  if (same && before.data.order === now.order) return false;
  const version = same ? before.data.version : (before?.data.version ?? 0) + 1;
  const event = same
    ? undefined
    : flowEvent(ports, now.flow, version, now.removed, before?.data.hash ?? noHash, by);
  const data: StoredFlow = { ...now, version, digest, hash: event?.hash ?? before?.data.hash ?? noHash };
  const writes: Write[] = [
    {
      put: { ...keys.flow(now.flow.id), kind: 'flow', index: {}, data },
      expect: before?.version ?? 'absent',
    },
  ];
  if (event)
    writes.push(
      {
        put: { ...keys.flowVersion(now.flow.id, version), kind: 'flow-version', index: {}, data: now.flow },
        expect: 'absent',
      },
      event.write,
    );
  await ports.table.write(writes);
  return !same;
}

function flowEvent(
  ports: LoadPorts,
  flow: Flow,
  version: number,
  removed: boolean,
  prevHash: string,
  actor: Actor,
) {
  const id = `flow:${flow.id}`;
  return eventItem({
    schema: 1,
    id: `${id}-${version}`,
    grantId: id,
    requestId: '',
    seq: version,
    type: 'FlowLoaded',
    at: toInstant(ports.clock.now()),
    actor,
    before: version > 1 ? `${id}@${version - 1}` : null,
    after: removed ? 'removed' : `${id}@${version}`,
    correlationId: id,
    details: { version, removed, flow },
    prevHash,
  });
}

async function putIntegration(
  ports: LoadPorts,
  before: Item<StoredIntegration> | undefined,
  now: StoredIntegration,
): Promise<void> {
  if (before && digestOf(before.data) === digestOf(now)) return;
  const key = keys.integration(now.integration.id);
  await ports.table.write([
    { put: { ...key, kind: 'integration', index: {}, data: now }, expect: before?.version ?? 'absent' },
  ]);
}

async function markRemoved(
  ports: LoadPorts,
  item: Item<StoredFlow & StoredIntegration>,
  config: Pick<Config, 'flows' | 'integrations'>,
  by: Actor,
): Promise<void> {
  const { flow, integration } = item.data;
  if (item.data.removed) return;
  if (flow && !config.flows.some((one) => one.id === flow.id))
    await putFlow(ports, item, { flow, order: item.data.order, removed: true }, by);
  if (integration && !config.integrations.some((one) => one.id === integration.id))
    await putIntegration(ports, item, { integration, removed: true });
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value), 'utf8').digest('hex');
}
