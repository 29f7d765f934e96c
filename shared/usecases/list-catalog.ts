/** Somebody asks what they may ask for: every entitlement on offer that a flow opens to them, by the flow a request would follow. */
import type { Offer } from '../connectors/contract.ts';
import { currentFlows, integrations } from '../lifecycle/load.ts';
import { type Page, type Paging, pageOfList } from '../lifecycle/read-page.ts';
import { demand } from '../lifecycle/who.ts';
import type { Integration } from '../model/config.ts';
import type { Flow } from '../model/flow.ts';
import type { Person } from '../model/person.ts';
import type { Ports } from '../ports.ts';
import { resolveLifetime, type ResolvedLifetime } from '../rules/lifetime.ts';
import { covers, type EntitlementFacts, matchFlow, mayRequest } from '../rules/match-flow.ts';

export interface CatalogEntry {
  integration: Integration;
  offer: Offer;
  flow: Flow;
  /** Ids of other flows that may be named instead. */
  otherFlows: string[];
  lifetime: ResolvedLifetime;
}

export interface CatalogAsked {
  by: Person;
  /** Words; each must be part of an id or a name, without case. */
  text?: string | undefined;
  paging: Paging;
}

/** Throws `Forbidden`, and `Malformed` for a cursor of another list. */
export async function listCatalog(
  ports: Ports,
  { by, text = '', paging }: CatalogAsked,
): Promise<Page<CatalogEntry>> {
  demand(ports, by, 'catalog.read');
  const flows = (await currentFlows(ports)).map(({ flow }) => flow);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const entries = (await integrations(ports)).flatMap((integration) => {
    const offers = ports.connectors[integration.kind]?.catalog(integration) ?? [];
    return offers.flatMap((offer) => entryFor(by, flows, integration, offer));
  });
  const wanted = entries.filter((entry) => words.every((word) => labelOf(entry).includes(word)));
  return pageOfList(wanted, ['catalog', by.id, words], paging);
}

/** None where no flow lets them ask, or where the offer needs a login of their own that they have not. */
function entryFor(by: Person, flows: Flow[], integration: Integration, offer: Offer): CatalogEntry[] {
  const target: EntitlementFacts = {
    environment: integration.environment,
    integration: integration.id,
    resource: offer.resource,
    permission: offer.permission,
  };
  const match = matchFlow(flows, by, target);
  const lacksLogin = offer.mode === 'membership' && by.logins[integration.id] === undefined;
  if (!match.ok || lacksLogin) return [];
  const { flow } = match;
  const otherFlows = flows
    .filter((other) => other.id !== flow.id && covers(other, target) && mayRequest(other, by).ok)
    .map((other) => other.id);
  return [{ integration, offer, flow, otherFlows, lifetime: resolveLifetime(flow, target) }];
}

function labelOf({ integration, offer, flow }: CatalogEntry): string {
  const { resource, resourceName, permission, permissionName } = offer;
  const ids = [integration.id, resource, permission, integration.environment, flow.id];
  return [...ids, integration.name, resourceName, permissionName, flow.name].join(' ').toLowerCase();
}
