/** Handlers of what surrounds grants: the caller, the catalog, flows, integrations. */
import { flowView } from '../../shared/api/flow-view.ts';
import type { CatalogItem } from '../../shared/api/me-routes.ts';
import type { Explanation } from '../../shared/api/system-routes.ts';
import { formatDuration } from '../../shared/model/time.ts';
import { type Explained, explainFlow } from '../../shared/usecases/explain-flow.ts';
import { type CatalogEntry, listCatalog } from '../../shared/usecases/list-catalog.ts';
import { listFlows } from '../../shared/usecases/list-flows.ts';
import { showMe } from '../../shared/usecases/show-me.ts';
import type { Handlers } from './route-handler.ts';

type SystemHandlers = Pick<
  Handlers,
  'showMe' | 'listCatalog' | 'listFlows' | 'explainFlow' | 'checkIntegration'
>;

export const systemHandlers: SystemHandlers = {
  async showMe(ports, { by }) {
    const { person, rights } = showMe(ports, { by });
    const { id, name, email, manager, logins, groups } = person;
    const shown = { id, name, email, ...(manager !== undefined && { manager }), logins };
    return { status: 200, body: { person: shown, groups, rights } };
  },

  async listCatalog(ports, { by, query }) {
    const { items, next } = await listCatalog(ports, { by, text: query.q, paging: query });
    return { status: 200, body: { items: items.map(catalogItem), ...(next && { next }) } };
  },

  async listFlows(ports, { by, query }) {
    const { items, next } = await listFlows(ports, { by, paging: query });
    const views = items.map(({ flow, version }) => flowView(flow, version));
    return { status: 200, body: { items: views, ...(next && { next }) } };
  },

  async explainFlow(ports, { by, params, query }) {
    const personId = query.person === 'me' ? by.id : query.person;
    const { entitlement } = query;
    const explained = await explainFlow(ports, { by, flowId: params.id, personId, entitlement });
    return { status: 200, body: explanation(explained) };
  },

  async checkIntegration({ atTargets }, { by, params, correlationId }) {
    const body = await atTargets.checkIntegration({ by, integrationId: params.id, correlationId });
    return { status: 200, body };
  },
};

function catalogItem({ integration, offer, flow, otherFlows, lifetime }: CatalogEntry): CatalogItem {
  return {
    integration: integration.id,
    resource: offer.resource,
    permission: offer.permission,
    names: { integration: integration.name, resource: offer.resourceName, permission: offer.permissionName },
    environment: integration.environment,
    mode: offer.mode,
    flow: { id: flow.id, name: flow.name },
    otherFlows,
    defaultDuration: formatDuration(lifetime.defaultSeconds),
    maxDuration: formatDuration(lifetime.maxSeconds),
    approval: flow.approval ?? 'automatic',
    ...(flow.reason && { reason: flow.reason }),
  };
}

function explanation({ flow, version, lifetime, ...explained }: Explained): Explanation {
  return {
    ...explained,
    flow: { id: flow.id, version },
    approval: flow.approval ?? 'automatic',
    ...(lifetime && {
      lifetime: {
        default: formatDuration(lifetime.defaultSeconds),
        max: formatDuration(lifetime.maxSeconds),
        rule: lifetime.rule,
      },
    }),
  };
}
