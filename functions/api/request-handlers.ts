/** Handlers of requests: ask, read, decide, cancel. */
import type { Plan as PlanView } from '../../shared/api/request-routes.ts';
import { requestView, type RequestView } from '../../shared/api/request-view.ts';
import type { Routes } from '../../shared/api/routes.ts';
import type { Plan } from '../../shared/lifecycle/plan.ts';
import { formatDuration } from '../../shared/model/time.ts';
import type { Ports } from '../../shared/ports.ts';
import { cancelRequest } from '../../shared/usecases/cancel-request.ts';
import { decideRequest } from '../../shared/usecases/decide-request.ts';
import { findRequests } from '../../shared/usecases/find-requests.ts';
import { getRequest, type SeenRequest } from '../../shared/usecases/get-request.ts';
import { submitRequest } from '../../shared/usecases/submit-request.ts';
import type { Call, Handlers, Reply } from './route-handler.ts';

type RequestHandlers = Pick<
  Handlers,
  'submitRequest' | 'findRequests' | 'getRequest' | 'approveRequest' | 'rejectRequest' | 'cancelRequest'
>;

export const requestHandlers: RequestHandlers = {
  async submitRequest(ports, { by, channel, body, idempotency }) {
    const { entitlements, duration: durationSeconds, reason, for: forPerson, dryRun } = body;
    const asked = { by, channel, entitlements, durationSeconds, reason, forPerson, dryRun, idempotency };
    const made = await submitRequest(ports, asked);
    if (made.dryRun) return { status: 200, body: { dryRun: true, plan: made.plan.map(planView) } };
    return { status: 201, body: requestView(made.request, made.grants, ports.clock.now()) };
  },

  async findRequests(ports, { by, query }) {
    const list = query.waiting ? 'waiting' : 'mine';
    const { items, next } = await findRequests(ports, { by, list, paging: query });
    return { status: 200, body: { items: items.map((seen) => view(ports, seen)), ...(next && { next }) } };
  },

  async getRequest(ports, { by, params }) {
    return { status: 200, body: view(ports, await getRequest(ports, { by, requestId: params.id })) };
  },

  approveRequest: (ports, call) => decide(ports, call, 'approve'),
  rejectRequest: (ports, call) => decide(ports, call, 'reject'),

  async cancelRequest(ports, { by, params, body }) {
    const { request, grants } = await cancelRequest(ports, { by, requestId: params.id, reason: body.reason });
    return { status: 200, body: requestView(request, grants, ports.clock.now()) };
  },
};

type Decide = Routes['approveRequest'] | Routes['rejectRequest'];

async function decide(
  ports: Ports,
  { by, params, body }: Call<Decide>,
  decision: 'approve' | 'reject',
): Promise<Reply<Decide>> {
  const { reason, grants: grantIds } = body;
  const { results } = await decideRequest(ports, { by, requestId: params.id, decision, reason, grantIds });
  const seen = await getRequest(ports, { by, requestId: params.id });
  return {
    status: 200,
    body: {
      request: view(ports, seen),
      results: results.map(({ grantId, outcome, detail, grant }) => ({
        grantId,
        outcome,
        ...(detail !== undefined && { detail }),
        status: grant.status,
      })),
    },
  };
}

function view(ports: Ports, { request, grants, shown }: SeenRequest): RequestView {
  return requestView(request, grants, ports.clock.now(), shown);
}

function planView({
  entitlement,
  flow,
  version,
  approval,
  lifetimeSeconds,
  maxSeconds,
  rule,
}: Plan): PlanView['plan'][number] {
  const duration = formatDuration(lifetimeSeconds);
  const maxDuration = formatDuration(maxSeconds);
  return { entitlement, flow: { id: flow.id, version }, approval, duration, maxDuration, rule };
}
