/**
 * An approver approves or rejects. 1. find the grants that the caller may decide 2. decide each, with the deadline, the
 * policy and the people of now in the condition 3. wake what waits for it.
 */
import { amend, type Change } from '../lifecycle/amend.ts';
import { readRequestGrants } from '../lifecycle/request-grants.ts';
import { wake } from '../lifecycle/wake.ts';
import { partiesOf, permitOf, subjectOf } from '../lifecycle/who.ts';
import { CurfewError } from '../model/errors.ts';
import { type Decision, type Grant, isOpen } from '../model/grant.ts';
import { keys, partitions } from '../model/keys.ts';
import { actorOf, type Person, refOf } from '../model/person.ts';
import type { Request } from '../model/request.ts';
import { toInstant, toMs } from '../model/time.ts';
import type { Ports, Write } from '../ports.ts';
import { describeSelector, eligible, helps, type Parties, progress, selectorsOf } from '../rules/approval.ts';

export interface DecisionAsked {
  by: Person;
  requestId: string;
  decision: Decision['decision'];
  reason?: string | undefined;
  /** Only these; else every pending grant that the caller may decide. */
  grantIds?: string[] | undefined;
}

export interface DecisionResult {
  grantId: string;
  /** `recorded`: it counts, and more approvals are needed. */
  outcome: 'approved' | 'recorded' | 'rejected' | 'skipped';
  detail?: string;
  grant: Grant;
}

/** Throws `NotFound`, `Forbidden`, and `StateConflict` when nothing is left to decide, saying who did. */
export async function decideRequest(
  ports: Ports,
  asked: DecisionAsked,
): Promise<{ request: Request; results: DecisionResult[] }> {
  const { request, grants } = await readRequestGrants(ports, asked.requestId, asked.grantIds);
  const mine = await decidableBy(ports, asked.by, grants);
  const results: DecisionResult[] = [];
  for (const grant of mine) results.push(await decideOne(ports, asked, grant.id));
  if (results.every((result) => result.outcome === 'skipped'))
    throw new CurfewError('StateConflict', results.map((result) => result.detail).join(' '));
  for (const { grant, outcome } of results) if (outcome !== 'skipped') await wake(ports, grant);
  return { request, results };
}

async function decidableBy(ports: Ports, by: Person, grants: Grant[]): Promise<Grant[]> {
  const permits = await Promise.all(
    grants.map(async (grant) => permitOf(ports, by, 'request.decide', await subjectOf(ports, by, grant))),
  );
  const refusals = permits.filter((permit) => !permit.ok);
  const mine = grants.filter((_, i) => permits[i]?.ok);
  const refusal = refusals.find((permit) => permit.code === 'Forbidden') ?? refusals[0];
  if (mine.length === 0 && refusal)
    throw new CurfewError(
      refusal.code,
      refusal.reason + (refusal.code === 'Forbidden' ? waitsFor(grants) : ''),
    );
  return mine;
}

/** Whom to ask instead. */
function waitsFor(grants: Grant[]): string {
  const policy = grants.find((grant) => grant.status === 'pending')?.approval?.policy;
  if (!policy) return '';
  return ` It waits for ${selectorsOf(policy)
    .map(describeSelector)
    .join('anyOf' in policy ? ' or ' : ' and ')}.`;
}

async function decideOne(ports: Ports, asked: DecisionAsked, grantId: string): Promise<DecisionResult> {
  let skipped: string | undefined;
  const { grant } = await amend(ports, grantId, async (current) => {
    const parties = await partiesOf(ports, current);
    const approvers = await approversOf(ports, current);
    skipped = whyNot(current, asked, parties, approvers, ports.clock.now());
    return skipped === undefined ? changeOf(ports, current, asked, parties, approvers) : undefined;
  });
  if (skipped !== undefined) return { grantId, outcome: 'skipped', detail: skipped, grant };
  const outcome =
    grant.status === 'pending' ? 'recorded' : grant.status === 'rejected' ? 'rejected' : 'approved';
  return { grantId, outcome, grant };
}

function whyNot(
  grant: Grant,
  { by, decision }: DecisionAsked,
  parties: Parties,
  approvers: Person[],
  nowMs: number,
): string | undefined {
  if (grant.status !== 'pending') return `${grant.id} is ${grant.status} already${decidedBy(grant)}.`;
  if (toMs(grant.decideBy) <= nowMs)
    return `${grant.id} is past its deadline (${grant.decideBy}): a new request is needed.`;
  const may = eligible(grant.approval?.policy ?? { anyOf: [] }, parties, by);
  if (!may.ok) return may.reason;
  if (grant.decisions.some((one) => one.by.id === by.id))
    return `You have approved ${grant.id} already; it waits for others.`;
  if (decision === 'approve' && grant.approval && !helps(grant.approval.policy, parties, approvers, by))
    return `Your approval is not what ${grant.id} still needs${decidedBy(grant)}.`;
  return undefined;
}

function decidedBy(grant: Grant): string {
  const people = grant.decisions.map(
    (one) => `${one.decision === 'approve' ? 'approved' : 'rejected'} by ${one.by.name}`,
  );
  if (people.length > 0) return `, ${people.join(', ')}`;
  return isOpen(grant) || !('wanted' in grant) || !grant.wanted
    ? ''
    : `, ended by ${grant.wanted.by.name ?? grant.wanted.by.id}`;
}

function changeOf(
  ports: Ports,
  grant: Grant,
  asked: DecisionAsked,
  parties: Parties,
  approvers: Person[],
): Change {
  const at = toInstant(ports.clock.now());
  const decision: Decision = {
    by: refOf(asked.by),
    decision: asked.decision,
    reason: asked.reason ?? '',
    at,
  };
  const policy = grant.approval?.policy ?? { anyOf: [] };
  const enough = progress(policy, parties, [...approvers, asked.by]).satisfied;
  const to = asked.decision === 'reject' ? 'rejected' : enough ? 'approved' : 'pending';
  return {
    to,
    patch: {
      decisions: [...grant.decisions, decision],
      ...(to !== 'pending' && { decideBy: undefined }),
      ...(to === 'rejected' && { closedAt: at }),
    },
    said: {
      type: 'RequestDecided',
      actor: actorOf(decision.by),
      reason: decision.reason,
      details: { decision: asked.decision, policy },
    },
    also: [decisionWrite(grant.id, decision)],
  };
}

/** One per person and grant, never overwritten: it is also how "everything I approved" is found. */
function decisionWrite(grantId: string, decision: Decision): Write {
  const index = {
    approver: { partition: partitions.approver(decision.by.id), range: `${decision.at}#${grantId}` },
  };
  const data = { schema: 1, grantId, ...decision };
  return {
    put: { ...keys.decision(grantId, decision.by.id), kind: 'decision', index, data },
    expect: 'absent',
  };
}

/** Who approved so far, as the directory knows them now. */
async function approversOf(ports: Ports, grant: Grant): Promise<Person[]> {
  const ids = grant.decisions.filter((one) => one.decision === 'approve').map((one) => one.by.id);
  const people = await Promise.all(ids.map((id) => ports.directory.person(id)));
  return people.filter((person) => person !== undefined);
}
