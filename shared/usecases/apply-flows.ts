/**
 * An admin lets the changed flows act on open grants, as a plan showed it. 1. plan anew: is it the plan that was seen?
 * 2. write the run with everything it is to do, in a few items 3. do the first of it; the reconciler does the rest.
 */
import { type FlowPlan, planFlowChange, type PlannedGrant } from '../lifecycle/flow-plan.ts';
import { applyIdempotency, type Idempotency, replayOf } from '../lifecycle/idempotency.ts';
import { newRun, partWrites } from '../lifecycle/runs.ts';
import { demand } from '../lifecycle/who.ts';
import { CurfewError } from '../model/errors.ts';
import { actorOf, type Person, refOf } from '../model/person.ts';
import { noOutcomes, type Run, type RunEntry } from '../model/run.ts';
import { toInstant } from '../model/time.ts';
import type { Ports, Write } from '../ports.ts';
import { continueRun } from './continue-run.ts';

export interface ApplyAsked {
  by: Person;
  /** The digest of the plan that was seen. */
  expect: string;
  reason: string;
  idempotency?: Idempotency | undefined;
}

const route = 'POST /flows/apply';

/** So many parts fit one write: it takes 4 MB in all. */
const partsPerWrite = 40;

/** What can be done before the answer: a caller who watches a small run finds it done. */
const firstSlice = { most: 25, ms: 300 };

/** Throws `StateConflict` when the plan is another one by now: nothing was done then. */
export async function applyFlows(ports: Ports, asked: ApplyAsked): Promise<{ runId: string }> {
  demand(ports, asked.by, 'flow.apply');
  const replay = await replayOf(ports, asked.by.id, route, asked.idempotency);
  if (replay !== undefined) return { runId: replay };
  const plan = await planFlowChange(ports);
  if (plan.digest !== asked.expect) throw anotherPlan(asked.expect, plan);
  const runId = await begin(ports, asked, plan);
  // Whatever stops it here, the run is on record and due.
  await continueRun(ports, runId, firstSlice).catch(() => undefined);
  return { runId };
}

/** Parts come before the run that needs them; without it they are nothing. */
async function begin(ports: Ports, asked: ApplyAsked, plan: FlowPlan): Promise<string> {
  const id = `rn_${ports.ids.next()}`;
  const entries = plan.items.flatMap(entryOf);
  const parts = partWrites(id, entries);
  while (parts.length > partsPerWrite) await ports.table.write(parts.splice(0, partsPerWrite));
  const writes: Write[] = [...parts, ...runWrites(ports, asked, plan, id, entries.length)];
  return applyIdempotency(ports, asked.by.id, route, asked.idempotency, id, writes);
}

function runWrites(ports: Ports, asked: ApplyAsked, plan: FlowPlan, id: string, total: number): Write[] {
  const { counts, digest } = plan;
  const { reason } = asked;
  const at = toInstant(ports.clock.now());
  const run: Omit<Run, 'chain'> = {
    schema: 1,
    id,
    kind: 'flow_change',
    by: refOf(asked.by),
    reason,
    digest,
    counts,
    state: 'running',
    startedAt: at,
    total,
    position: 0,
    outcomes: noOutcomes,
    dueAt: at,
  };
  const details = { counts, digest, total };
  return newRun(run, { type: 'FlowsApplied', actor: actorOf(run.by), reason, details });
}

function entryOf({ grant, change }: PlannedGrant): RunEntry[] {
  const grantId = grant.id;
  if (change.action === 'revoke') return [{ grantId, action: 'revoke' }];
  if (change.action === 'shorten') return [{ grantId, action: 'shorten', maxSeconds: change.maxSeconds }];
  return [];
}

/** A digest begins with the counts of its plan. */
function anotherPlan(expect: string, { digest, counts }: FlowPlan): CurfewError {
  const [shorten, revoke] = expect.split('-');
  const now = `to shorten ${shorten} then and ${counts.shorten} now, to revoke ${revoke} then and ${counts.revoke} now`;
  return new CurfewError(
    'StateConflict',
    `Nothing was done: the plan has changed since it was shown (${now}; its digest is ${digest}). Look at it again.`,
  );
}
