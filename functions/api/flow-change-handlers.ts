/** Handlers of what changed flows do to open grants: plan, apply, and the run. */
import type { PlannedChange } from '../../shared/api/flow-change-routes.ts';
import type { PlannedGrant } from '../../shared/lifecycle/flow-plan.ts';
import { applyFlows } from '../../shared/usecases/apply-flows.ts';
import { getRun } from '../../shared/usecases/get-run.ts';
import { showFlowPlan } from '../../shared/usecases/show-flow-plan.ts';
import type { Handlers } from './route-handler.ts';

type FlowChangeHandlers = Pick<Handlers, 'showFlowPlan' | 'applyFlows' | 'getRun'>;

export const flowChangeHandlers: FlowChangeHandlers = {
  async showFlowPlan(ports, { by, query }) {
    const { counts, digest, items, next } = await showFlowPlan(ports, { by, paging: query });
    return { status: 200, body: { counts, digest, items: items.map(view), ...(next && { next }) } };
  },

  async applyFlows(ports, { by, body, idempotency }) {
    return { status: 202, body: await applyFlows(ports, { by, ...body, idempotency }) };
  },

  async getRun(ports, { by, params, query }) {
    const { run, items, next } = await getRun(ports, { by, runId: params.id, paging: query });
    const { schema: _, chain: __, dueAt: ___, position: settled, ...shown } = run;
    const results = items.map(({ schema: ____, ...result }) => result);
    return { status: 200, body: { ...shown, settled, items: results, ...(next && { next }) } };
  },
};

function view({ grant, toVersion, change }: PlannedGrant): PlannedChange {
  const { id: grantId, status, grantee, entitlement, flow } = grant;
  const endsThen = change.action === 'shorten' ? change.endsThen : undefined;
  return {
    grantId,
    status,
    grantee,
    entitlement,
    flow: { id: flow.id, from: flow.version, ...(toVersion !== undefined && { to: toVersion }) },
    action: change.action,
    why: change.why,
    ...(grant.status === 'active' && { endsNow: grant.expiresAt }),
    ...(endsThen !== undefined && { endsThen }),
  };
}
