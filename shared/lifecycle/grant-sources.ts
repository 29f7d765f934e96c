/**
 * Which indexes a list of grants is gathered from. Who may see every grant gets one index, the narrowest that the filter
 * allows; others get what they hold, asked for, decided, and may decide, one after the other and each grant once.
 */
import type { GrantStatus, OpenStatus } from '../model/grant.ts';
import { type Grant, openStatuses } from '../model/grant.ts';
import { dueShards, type IndexName, partitions } from '../model/keys.ts';
import type { Person } from '../model/person.ts';
import type { Request } from '../model/request.ts';
import { type Instant, toInstant, toMs } from '../model/time.ts';
import type { Item, Ports } from '../ports.ts';
import { inboxOf } from './inbox.ts';
import { currentFlows, loadGrant } from './load.ts';
import type { Source } from './read-page.ts';

/** All that are given must hold. `endsBefore`: only grants that have an end. */
export interface GrantFilter {
  status?: GrantStatus[] | undefined;
  grantee?: string | undefined;
  integration?: string | undefined;
  resource?: string | undefined;
  environment?: string | undefined;
  flow?: string | undefined;
  /** Who decided it. */
  approver?: string | undefined;
  endsBefore?: Instant | undefined;
}

type SourcePorts = Pick<Ports, 'table' | 'clock' | 'directory'>;

/** Curfew is not older than this month: no list goes further back. */
const firstMonth = '2025-01';

/** Does this grant, read strongly, belong into the list? */
export function fitsFilter(grant: Grant, filter: GrantFilter): boolean {
  const { entitlement } = grant;
  return (
    (filter.status === undefined || filter.status.includes(grant.status)) &&
    same(filter.grantee, grant.grantee.id) &&
    same(filter.integration, entitlement.integration) &&
    same(filter.resource, entitlement.resource) &&
    same(filter.environment, grant.environment) &&
    same(filter.flow, grant.flow.id) &&
    (filter.approver === undefined || wasDecidedBy(grant, filter.approver)) &&
    (filter.endsBefore === undefined || endsBefore(grant, filter.endsBefore))
  );
}

function same(wanted: string | undefined, is: string): boolean {
  return wanted === undefined || wanted === is;
}

/** For who may see every grant. */
export function sourcesOfAll(ports: SourcePorts, filter: GrantFilter): Source<Grant>[] {
  return narrowed(ports, filter) ?? (onlyOpen(filter) ? dueSources(ports) : monthSources(ports));
}

/** For everybody else. What they find is still to be authorised one by one. */
export async function sourcesOf(
  ports: SourcePorts,
  by: Person,
  filter: GrantFilter,
): Promise<Source<Grant>[]> {
  if (filter.grantee !== undefined || filter.approver !== undefined) return narrowed(ports, filter) ?? [];
  const own: Owned[] = [
    {
      source: grants(ports, 'grantee', partitions.grantee(by.id)),
      owns: (grant) => grant.grantee.id === by.id,
    },
    { source: asked(ports, by.id), owns: (grant) => grant.requester.id === by.id },
    { source: decidedBy(ports, by.id), owns: (grant) => wasDecidedBy(grant, by.id) },
  ];
  return eachOnce([...own, ...(await decidable(ports, by, filter))]);
}

function narrowed(ports: SourcePorts, filter: GrantFilter): Source<Grant>[] | undefined {
  const { approver, grantee, flow, integration, resource } = filter;
  if (approver !== undefined) return [decidedBy(ports, approver)];
  if (grantee !== undefined) return [grants(ports, 'grantee', partitions.grantee(grantee))];
  if (flow !== undefined) return [grants(ports, 'flow', partitions.flow(flow))];
  if (integration === undefined) return undefined;
  const place = grants(ports, 'place', partitions.place({ integration }));
  if (resource === undefined) return [place];
  // `$` follows `#`, so the range holds exactly this resource.
  return [{ ...place, query: { ...place.query, from: `${resource}#`, to: `${resource}$` } }];
}

function dueSources(ports: SourcePorts): Source<Grant>[] {
  return Array.from({ length: dueShards }, (_, shard) => {
    const source = grants(ports, 'due', partitions.due(shard));
    return { ...source, query: { ...source.query, reverse: false } };
  });
}

function monthSources(ports: SourcePorts): Source<Grant>[] {
  const sources: Source<Grant>[] = [];
  let instant = toInstant(ports.clock.now());
  do {
    sources.push(grants(ports, 'created', partitions.created('GRANT', instant)));
    instant = toInstant(toMs(`${instant.slice(0, 7)}-01T00:00:00.000Z`) - 1);
  } while (instant.slice(0, 7) >= firstMonth);
  return sources;
}

interface Owned {
  source: Source<Grant>;
  /** Is the grant among what this source lists? Then no later source shows it again. */
  owns(grant: Grant): boolean;
}

function eachOnce(list: Owned[]): Source<Grant>[] {
  return list.map(({ source }, n) => ({
    ...source,
    read: async (item) => {
      const found = await source.read(item);
      return found.filter((grant) => !list.slice(0, n).some((earlier) => earlier.owns(grant)));
    },
  }));
}

/** Pending grants are found by the inboxes they lie in, others by the flows that name this person as an approver. */
async function decidable(ports: SourcePorts, by: Person, filter: GrantFilter): Promise<Owned[]> {
  const inbox = await inboxOf(ports, by);
  if (filter.status?.every((status) => status === 'pending'))
    return inbox.selectors.map((key) => ({
      source: { query: { index: 'waiting', partition: partitions.waiting(key) }, read: byGrantId(ports) },
      owns: (grant) => inbox.firstOf(grant) === key,
    }));
  const flows = (await currentFlows(ports)).map(({ flow }) => flow);
  return flows
    .filter((flow) => (filter.flow ?? flow.id) === flow.id && flow.approval && inbox.named(flow.approval))
    .map(({ id }) => ({
      source: grants(ports, 'flow', partitions.flow(id)),
      owns: (grant) => grant.flow.id === id,
    }));
}

function grants(ports: SourcePorts, index: IndexName, partition: string): Source<Grant> {
  return {
    query: { index, partition, reverse: true },
    read: (item) => present(ports, [(item.data as Pick<Grant, 'id'>).id]),
  };
}

function decidedBy(ports: SourcePorts, personId: string): Source<Grant> {
  const query = { index: 'approver', partition: partitions.approver(personId), reverse: true } as const;
  return { query, read: byGrantId(ports) };
}

/** A request's grants never change hands, so the request found by the index is read as it is. */
function asked(ports: SourcePorts, personId: string): Source<Grant> {
  return {
    query: { index: 'grantee', partition: partitions.requester(personId), reverse: true },
    read: (item) => present(ports, (item.data as Request).grantIds),
  };
}

function byGrantId(ports: SourcePorts): (item: Item) => Promise<Grant[]> {
  return (item) => present(ports, [(item.data as { grantId: string }).grantId]);
}

async function present(ports: SourcePorts, ids: string[]): Promise<Grant[]> {
  const loaded = await Promise.all(ids.map((id) => loadGrant(ports, id)));
  return loaded.filter((grant) => grant !== undefined);
}

function onlyOpen(filter: GrantFilter): boolean {
  return filter.status?.every((status) => openStatuses.includes(status as OpenStatus)) ?? false;
}

function wasDecidedBy(grant: Grant, personId: string): boolean {
  return grant.decisions.some((decision) => decision.by.id === personId);
}

function endsBefore(grant: Grant, instant: Instant): boolean {
  const end = 'expiresAt' in grant ? grant.expiresAt : undefined;
  return end !== undefined && end < instant;
}
