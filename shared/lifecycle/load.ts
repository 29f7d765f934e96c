/** Strong reads of what use cases work on. Everything that comes from the table is parsed here. */
import type { Integration } from '../model/config.ts';
import { CurfewError } from '../model/errors.ts';
import type { Flow } from '../model/flow.ts';
import { Grant } from '../model/grant.ts';
import { keys } from '../model/keys.ts';
import { Request } from '../model/request.ts';
import type { Item, Ports, Target } from '../ports.ts';
import { readFlowOrder } from './flow-order.ts';
import { readAllOf } from './read-all.ts';

/** A grant with the version that a change of it must expect. */
export interface Loaded {
  grant: Grant;
  version: number;
}

export interface CurrentFlow {
  flow: Flow;
  version: number;
}

/** The grant and its version. Undefined when there is none. */
export async function readGrant(ports: Pick<Ports, 'table'>, id: string): Promise<Loaded | undefined> {
  const item = await ports.table.get(keys.grant(id));
  return item && { grant: Grant.parse(item.data), version: item.version };
}

/** The grant alone. Undefined when there is none. */
export async function loadGrant(ports: Pick<Ports, 'table'>, id: string): Promise<Grant | undefined> {
  return (await readGrant(ports, id))?.grant;
}

/** The request. Undefined when there is none. */
export async function loadRequest(ports: Pick<Ports, 'table'>, id: string): Promise<Request | undefined> {
  const item = await ports.table.get(keys.request(id));
  return item && Request.parse(item.data);
}

/** The grant, where the caller's own bookkeeping says that there is one. Throws `NotFound`. */
export async function mustReadGrant(ports: Pick<Ports, 'table'>, id: string): Promise<Loaded> {
  const loaded = await readGrant(ports, id);
  if (!loaded) throw new CurfewError('NotFound', `There is no grant ${id}.`);
  return loaded;
}

/** The flows that new requests are matched against, in the order of the configuration. */
export async function currentFlows(ports: Pick<Ports, 'table'>): Promise<CurrentFlow[]> {
  const [items, placeOf] = await Promise.all([
    configItems<CurrentFlow & { removed: boolean }>(ports, 'FLOW#'),
    readFlowOrder(ports),
  ]);
  return items
    .filter((item) => !item.data.removed)
    .toSorted((a, b) => placeOf(a.data.flow.id) - placeOf(b.data.flow.id))
    .map(({ data }) => ({ flow: data.flow, version: data.version }));
}

/** The integrations of the present configuration. */
export async function integrations(ports: Pick<Ports, 'table'>): Promise<Integration[]> {
  const items = await configItems<{ integration: Integration; removed: boolean }>(ports, 'INTEGRATION#');
  return items.filter((item) => !item.data.removed).map((item) => item.data.integration);
}

/**
 * An integration and its connector. Integrations that left the configuration are still served: grants made there must
 * end. Throws `NotFound` for an id that never was, `TargetRefused` where no connector serves its kind.
 */
export async function target(ports: Pick<Ports, 'table' | 'connectors'>, id: string): Promise<Target> {
  const item = await ports.table.get<{ integration: Integration }>(keys.integration(id));
  if (!item) throw new CurfewError('NotFound', `There is no integration ${id}.`);
  const { integration } = item.data;
  const connector = ports.connectors[integration.kind];
  if (!connector) throw new CurfewError('TargetRefused', `No connector serves ${integration.kind}.`);
  return { connector, integration };
}

/** The items of the configuration whose keys begin so: `FLOW#`, `INTEGRATION#`. */
export function configItems<T>(ports: Pick<Ports, 'table'>, prefix: string): Promise<Item<T>[]> {
  return readAllOf<T>(ports, { partition: 'CONFIG', from: prefix, to: `${prefix}~` });
}
