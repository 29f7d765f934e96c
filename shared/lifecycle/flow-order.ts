/**
 * The order of the flows, which decides where several fit. It is kept apart from them: a flow that only moved is the same
 * flow, and has no new version.
 */
import { noHash } from '../model/events.ts';
import { keys } from '../model/keys.ts';
import type { Actor } from '../model/person.ts';
import type { Ports } from '../ports.ts';
import { loadedEvent } from './loaded-event.ts';

interface FlowOrder {
  schema: 1;
  version: number;
  flows: string[];
  hash: string;
}

/** Puts the order with an event, where it is another one. */
export async function loadFlowOrder(
  ports: Pick<Ports, 'table' | 'clock'>,
  flows: string[],
  by: Actor,
): Promise<void> {
  const before = await ports.table.get<FlowOrder>(keys.flowOrder());
  if (JSON.stringify(before?.data.flows ?? []) === JSON.stringify(flows)) return;
  const version = (before?.data.version ?? 0) + 1;
  const event = loadedEvent(ports, {
    name: 'flow-order',
    type: 'FlowOrderLoaded',
    version,
    prevHash: before?.data.hash ?? noHash,
    actor: by,
    details: { version, flows },
  });
  const data: FlowOrder = { schema: 1, version, flows, hash: event.hash };
  await ports.table.write([
    { put: { ...keys.flowOrder(), kind: 'config', index: {}, data }, expect: before?.version ?? 'absent' },
    event.write,
  ]);
}

/** The place of a flow, by its id; what is not in the order comes last. */
export async function readFlowOrder(ports: Pick<Ports, 'table'>): Promise<(id: string) => number> {
  const flows = (await ports.table.get<FlowOrder>(keys.flowOrder()))?.data.flows ?? [];
  const places = new Map(flows.map((id, place) => [id, place]));
  return (id) => places.get(id) ?? flows.length;
}
