/**
 * Somebody asks for access. 1. find who it is for 2. plan each entitlement: flow, lifetime, approval 3. write request,
 * grants, inboxes and events in one write 4. start an execution per grant (what is not started is due).
 */
import { applyIdempotency, type Idempotency, replayOf } from '../lifecycle/idempotency.ts';
import { newGrant } from '../lifecycle/amend.ts';
import { requestItem, waitingItems } from '../lifecycle/items.ts';
import { loadGrant, loadRequest } from '../lifecycle/load.ts';
import { type Plan, planEntitlement, type Wish } from '../lifecycle/plan.ts';
import { noLease } from '../lifecycle/lease.ts';
import { demand } from '../lifecycle/who.ts';
import { stepOf } from '../lifecycle/step.ts';
import { CurfewError } from '../model/errors.ts';
import type { Grant } from '../model/grant.ts';
import { actorOf, type Person, refOf } from '../model/person.ts';
import { mostEntitlements, type Request } from '../model/request.ts';
import { toInstant } from '../model/time.ts';
import type { Ports, Write } from '../ports.ts';

export interface Submission {
  by: Person;
  channel: Request['channel'];
  entitlements: Wish[];
  durationSeconds?: number | undefined;
  reason: string;
  /** Who gets the access, when it is not the requester. */
  forPerson?: string | undefined;
  dryRun?: boolean | undefined;
  idempotency?: Idempotency | undefined;
}

export type Submitted =
  | { dryRun: true; plan: Plan[] }
  | { dryRun: false; request: Request; grants: Grant[]; replayed: boolean };

/** Throws `Refused` with the rule, `NotFound`, `Forbidden`, `IdempotencyMismatch`. Nothing is written then. */
export async function submitRequest(ports: Ports, asked: Submission): Promise<Submitted> {
  const replay = asked.dryRun
    ? undefined
    : await replayOf(ports, asked.by.id, 'POST /requests', asked.idempotency);
  if (replay) return { dryRun: false, ...(await read(ports, replay)), replayed: true };
  const grantee = await findGrantee(ports, asked);
  refuseRepeats(asked.entitlements);
  const plan: Plan[] = [];
  for (const wish of asked.entitlements)
    plan.push(await planEntitlement(ports, { wish, grantee, requester: asked.by, asked }));
  if (asked.dryRun) return { dryRun: true, plan };
  const { request, grants, writes } = draft(ports, asked, grantee, plan);
  const won = await applyIdempotency(
    ports,
    asked.by.id,
    'POST /requests',
    asked.idempotency,
    request.id,
    writes,
  );
  if (won !== request.id) return { dryRun: false, ...(await read(ports, won)), replayed: true };
  for (const grant of grants) await start(ports, grant);
  return { dryRun: false, request, grants, replayed: false };
}

async function findGrantee(ports: Ports, { by, forPerson }: Submission): Promise<Person> {
  if (forPerson === undefined || forPerson === by.id) return by;
  const grantee = await ports.directory.person(forPerson);
  demand(ports, by, 'request.submit-for-other', { grantee: forPerson, manager: grantee?.manager });
  if (!grantee?.active)
    throw new CurfewError('Refused', `${forPerson} is not an active person in the directory.`, {
      rule: 'directory',
    });
  return grantee;
}

function refuseRepeats(wishes: Wish[]): void {
  const names = wishes.map((wish) => [wish.integration, wish.resource, wish.permission].join(' '));
  if (wishes.length > mostEntitlements)
    throw new CurfewError('Refused', `A request has at most ${mostEntitlements} entitlements: split it.`, {
      rule: 'request.size',
    });
  if (new Set(names).size < names.length)
    throw new CurfewError('Refused', 'The same entitlement stands in the request twice: name each once.', {
      rule: 'request.repeats',
    });
}

function draft(
  ports: Ports,
  asked: Submission,
  grantee: Person,
  plans: Plan[],
): { request: Request; grants: Grant[]; writes: Write[] } {
  const now = ports.clock.now();
  const id = `rq_${ports.ids.next()}`;
  const shared = {
    schema: 1 as const,
    requester: refOf(asked.by),
    grantee: refOf(grantee),
    reason: asked.reason,
    channel: asked.channel,
    correlationId: id,
    createdAt: toInstant(now),
  };
  const made = plans.map((plan) =>
    newGrant(grantDraft(ports, shared, id, grantee, plan, now), saidOf(asked, plan), now),
  );
  const grants = made.map(({ grant }) => grant);
  const request: Request = { ...shared, id, grantIds: grants.map((grant) => grant.id) };
  const inbox: Write[] = grants.flatMap((grant) =>
    waitingItems(grant).map((put) => ({ put, expect: 'absent' as const })),
  );
  const writes: Write[] = [
    { put: requestItem(request), expect: 'absent' },
    ...made.flatMap((one) => one.writes),
    ...inbox,
  ];
  if (writes.length > 99)
    throw new CurfewError(
      'Refused',
      'So many entitlements with so many approvers do not fit one request: split it.',
      { rule: 'request.size' },
    );
  return { request, grants, writes };
}

function grantDraft(
  ports: Ports,
  shared: Omit<Request, 'id' | 'grantIds'>,
  requestId: string,
  grantee: Person,
  plan: Plan,
  now: number,
): Record<string, unknown> {
  const { flow, version } = plan;
  const login = grantee.logins[plan.entitlement.integration];
  return {
    ...shared,
    id: `gr_${ports.ids.next()}`,
    requestId,
    ...(login !== undefined && { login }),
    entitlement: plan.entitlement,
    names: plan.names,
    environment: plan.environment,
    flow: { id: flow.id, version },
    lifetimeSeconds: plan.lifetimeSeconds,
    maxSeconds: plan.maxSeconds,
    lifetimeRule: plan.rule,
    extendableSeconds: flow.approval ? (flow.extendWithoutApproval ?? 0) : plan.maxSeconds,
    extendCutoffSeconds: flow.extendCutoff,
    extendedSeconds: 0,
    ...(flow.approval
      ? {
          status: 'pending',
          approval: { policy: flow.approval, selfApproval: flow.selfApproval },
          decideBy: toInstant(now + flow.decideWithin * 1000),
        }
      : { status: 'approved' }),
    decisions: [],
    lease: noLease,
    executions: 0,
    attempts: 0,
    updatedAt: shared.createdAt,
  };
}

function saidOf(asked: Submission, plan: Plan): Parameters<typeof newGrant>[1] {
  const approval = plan.flow.approval
    ? 'asked of approvers'
    : `automatic, by flow:${plan.flow.id}@${plan.version}`;
  return {
    type: 'RequestSubmitted',
    actor: actorOf(refOf(asked.by)),
    reason: asked.reason,
    details: {
      entitlement: plan.entitlement,
      flow: plan.flow.id,
      version: plan.version,
      approval,
      lifetimeSeconds: plan.lifetimeSeconds,
      rule: plan.rule,
      channel: asked.channel,
    },
  };
}

/** A start that fails is not an error of the request: the grant is due, and the reconciler starts it. */
async function start(ports: Ports, grant: Grant): Promise<void> {
  await ports.workflow.start(grant.id, stepOf(grant, ports.clock.now())).catch(() => undefined);
}

async function read(ports: Ports, requestId: string): Promise<{ request: Request; grants: Grant[] }> {
  const request = await loadRequest(ports, requestId);
  if (!request) throw new CurfewError('Internal', 'The first answer to this key is lost.');
  const grants = await Promise.all(request.grantIds.map((id) => loadGrant(ports, id)));
  return { request, grants: grants.filter((grant) => grant !== undefined) };
}
