/** Puts a validated configuration into the table: flows by version, integrations and people as they are, and who loaded it. */
import { createHash } from 'node:crypto';
import { loadFlowOrder } from '../lifecycle/flow-order.ts';
import { loadPeople } from '../lifecycle/load-people.ts';
import { configItems } from '../lifecycle/load.ts';
import { loadedEvent } from '../lifecycle/loaded-event.ts';
import type { Config, Integration } from '../model/config.ts';
import { noHash } from '../model/events.ts';
import type { Flow } from '../model/flow.ts';
import { type Key, keys } from '../model/keys.ts';
import type { Actor } from '../model/person.ts';
import type { Item, Ports, Write } from '../ports.ts';

type LoadPorts = Pick<Ports, 'table' | 'clock'>;

type Entry = { flow: Flow; removed: boolean } | { integration: Integration; removed: boolean };

/** As stored: with its version, and the head of the chain of its own events. */
type Stored = Entry & { schema: 1; version: number; digest: string; hash: string };

/**
 * 1. each flow and integration that changed gets a new version, with an event 2. what left the configuration is marked, and
 * still served: grants of it must end 3. the order of the flows 4. people are put and removed. Open grants keep the version that they were made with.
 * Answers with the flows that changed.
 */
export async function loadConfig(
  ports: LoadPorts,
  config: Pick<Config, 'flows' | 'integrations'> & Partial<Pick<Config, 'people'>>,
  by: Actor,
): Promise<string[]> {
  const stored = [
    ...(await configItems<Stored>(ports, 'FLOW#')),
    ...(await configItems<Stored>(ports, 'INTEGRATION#')),
  ];
  const entries: Entry[] = [
    ...config.flows.map((flow) => ({ flow, removed: false })),
    ...config.integrations.map((integration) => ({ integration, removed: false })),
  ];
  const named = new Set(entries.map((entry) => keyOf(entry).sk));
  const gone = stored.filter((item) => !named.has(item.sk)).map((item) => removedOf(item.data));
  const changed: string[] = [];
  for (const entry of [...entries, ...gone]) {
    const before = stored.find((item) => item.sk === keyOf(entry).sk);
    const put = await putEntry(ports, before, entry, by);
    if (put && 'flow' in entry) changed.push(entry.flow.id);
  }
  await loadFlowOrder(
    ports,
    config.flows.map(({ id }) => id),
    by,
  );
  if (config.people) await loadPeople(ports, config.people, by);
  return changed;
}

/** False when nothing changed. */
async function putEntry(
  ports: LoadPorts,
  before: Item<Stored> | undefined,
  entry: Entry,
  by: Actor,
): Promise<boolean> {
  const digest = digestOf(entry);
  if (before?.data.digest === digest) return false;
  const version = (before?.data.version ?? 0) + 1;
  const event = loadedEvent(ports, {
    name: 'flow' in entry ? `flow:${entry.flow.id}` : `integration:${entry.integration.id}`,
    type: 'flow' in entry ? 'FlowLoaded' : 'IntegrationLoaded',
    version,
    prevHash: before?.data.hash ?? noHash,
    actor: by,
    details: { version, ...entry },
    removed: entry.removed,
  });
  const data: Stored = { ...entry, schema: 1, version, digest, hash: event.hash };
  const writes: Write[] = [
    { put: { ...keyOf(entry), kind: 'config', index: {}, data }, expect: before?.version ?? 'absent' },
    event.write,
  ];
  if ('flow' in entry) {
    const key = keys.flowVersion(entry.flow.id, version);
    writes.push({
      put: { ...key, kind: 'flow-version', index: {}, data: { schema: 1, flow: entry.flow } },
      expect: 'absent',
    });
  }
  await ports.table.write(writes);
  return true;
}

function removedOf(stored: Stored): Entry {
  return 'flow' in stored
    ? { flow: stored.flow, removed: true }
    : { integration: stored.integration, removed: true };
}

function keyOf(entry: Entry): Key {
  return 'flow' in entry ? keys.flow(entry.flow.id) : keys.integration(entry.integration.id);
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value), 'utf8').digest('hex');
}
