/**
 * Does to one grant what a run's plan says of it, once. The outcome is written with the change itself, so that whoever comes
 * after a crash finds both or neither. What the flows would not do any more is not done.
 */
import { type Grant, isOpen } from '../model/grant.ts';
import { actorOf } from '../model/person.ts';
import type { Run, RunEntry, RunOutcome, RunResult } from '../model/run.ts';
import { toInstant } from '../model/time.ts';
import type { Ports } from '../ports.ts';
import { type FlowChange, shortened } from '../rules/flow-change.ts';
import { amend, type Change } from './amend.ts';
import type { FlowJudge } from './flow-judge.ts';
import { livingCalls } from './lease.ts';
import { keepResult, readResult, resultWrite } from './runs.ts';
import { wake } from './wake.ts';
import { wantEnd } from './want-end.ts';

/** An error of the moment is tried again at once; one that stays is the grant's outcome, and the next plan has it again. */
const mostTries = 3;

/** Throws only where not even the outcome could be written. */
export async function settleEntry(
  ports: Ports,
  judge: FlowJudge,
  run: Run,
  entry: RunEntry,
): Promise<RunOutcome> {
  for (let tries = 1; ; tries++) {
    try {
      return await settle(ports, judge, run, entry);
    } catch (error) {
      if (tries < mostTries) continue;
      const said = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
      const result = resultOf(ports, entry, 'failed', said.slice(0, 1000));
      return (await keepResult(ports, run.id, result)).outcome;
    }
  }
}

async function settle(ports: Ports, judge: FlowJudge, run: Run, entry: RunEntry): Promise<RunOutcome> {
  let before: RunResult | undefined;
  let outcome: RunOutcome = 'not_due';
  const { grant, changed } = await amend(ports, entry.grantId, async (current) => {
    before = await readResult(ports, run.id, entry.grantId);
    if (before) return undefined;
    const step = await stepOf(ports, judge, run, entry, current);
    outcome = step.outcome;
    if (!step.change) return undefined;
    return { ...step.change, also: [resultWrite(run.id, resultOf(ports, entry, outcome))] };
  });
  const kept = before ?? resultOf(ports, entry, outcome);
  if (!before && !changed) return (await keepResult(ports, run.id, kept)).outcome;
  // Also for one whose wake may have been lost with the process that changed it.
  await wake(ports, grant);
  return kept.outcome;
}

/** What to do to the grant as it is now: what was planned, where the flows still say so. */
async function stepOf(
  ports: Ports,
  { judge }: FlowJudge,
  run: Run,
  entry: RunEntry,
  grant: Grant,
): Promise<{ outcome: RunOutcome; change?: Change | undefined }> {
  if (!isOpen(grant)) return { outcome: 'already_closed' };
  const change = await judge(grant);
  if (!change || !isAsPlanned(change, entry)) return { outcome: 'not_due' };
  const now = ports.clock.now();
  if (change.action === 'shorten') return shorten(run, grant, change, now);
  const by = actorOf(run.by);
  const wanting = wantEnd(grant, { cause: 'flow_changed', by, reason: run.reason }, now);
  const details = { run: run.id, why: change.why };
  return {
    outcome: 'revoke_asked',
    change: wanting && { ...wanting, said: { ...wanting.said, details } },
  };
}

function isAsPlanned(change: FlowChange, entry: RunEntry): change is Exclude<FlowChange, { action: 'keep' }> {
  if (entry.action === 'revoke') return change.action === 'revoke';
  return change.action === 'shorten' && change.maxSeconds === entry.maxSeconds;
}

/**
 * The end that the target itself keeps is left where it is: it is a backstop, never early, and moving it would be a call to
 * the target for each grant. What ends access is our own end, which the hold counts anew, and the reconciler behind it.
 */
function shorten(
  run: Run,
  grant: Grant,
  change: Extract<FlowChange, { action: 'shorten' }>,
  nowMs: number,
): { outcome: RunOutcome; change?: Change } {
  if (grant.status !== 'active' && grant.status !== 'granting') return { outcome: 'not_due' };
  const patch = shortened(grant, change, nowMs);
  const { lease } = grant;
  // An extension that is under way counted from the old end: it loses its number, so that it cannot commit that.
  const extending = livingCalls(lease, nowMs).some((call) => call.kind === 'extend');
  const details = {
    from: 'expiresAt' in grant ? grant.expiresAt : undefined,
    to: patch['expiresAt'],
    maxSeconds: change.maxSeconds,
    rule: change.rule,
    run: run.id,
  };
  const said = { type: 'AccessShortened' as const, actor: actorOf(run.by), reason: run.reason, details };
  return {
    outcome: 'shortened',
    change: {
      to: grant.status,
      patch: { ...patch, ...(extending && { lease: { ...lease, number: lease.number + 1 } }) },
      said: { ...said, cause: 'flow_changed' },
    },
  };
}

function resultOf(
  ports: Pick<Ports, 'clock'>,
  { grantId }: RunEntry,
  outcome: RunOutcome,
  error?: string,
): RunResult {
  const at = toInstant(ports.clock.now());
  return { schema: 1, grantId, outcome, ...(error !== undefined && { error }), at };
}
