/**
 * Goes on with a run, from wherever it was left, for a bounded time. 1. claim it: due again only when the claim runs out
 * 2. settle its grants, a few at a time, and keep how far it got 3. when none is left: count what the flows would still change.
 */
import { createFlowJudge, type FlowJudge } from '../lifecycle/flow-judge.ts';
import { planFlowChange } from '../lifecycle/flow-plan.ts';
import type { Task } from '../lifecycle/in-lanes.ts';
import { dueRunIds, type LoadedRun, readEntries, readRun, saveRun } from '../lifecycle/runs.ts';
import { settleEntry } from '../lifecycle/settle-entry.ts';
import { CurfewError, isCurfewError } from '../model/errors.ts';
import { actorOf } from '../model/person.ts';
import type { Run, RunEntry, RunOutcome } from '../model/run.ts';
import { toInstant, toMs } from '../model/time.ts';
import type { Ports } from '../ports.ts';

/** How much is done before somebody else may go on: so many grants, and no new batch after so long. */
export interface Slice {
  most: number;
  ms: number;
}

const usualSlice: Slice = { most: 2000, ms: 10_000 };

/** Who dies with a claim holds the run up for so long. Each batch renews it. */
const claimMs = 30_000;

/** Grants between two savings of how far it got; of these, several are settled at once. */
const batchSize = 50;
const atOnce = 8;

/** Does nothing where the run is done, or somebody else is at it. Two who are at it do nothing twice. */
export async function continueRun(ports: Ports, runId: string, slice: Slice = usualSlice): Promise<void> {
  const found = await readRun(ports, runId);
  if (found?.run.dueAt === undefined || toMs(found.run.dueAt) > ports.clock.now()) return;
  try {
    await workThrough(ports, await saveRun(ports, found, { dueAt: claimEnd(ports) }), slice);
  } catch (error) {
    // Somebody else has the run now.
    if (!isCurfewError(error, 'Conflict')) throw error;
  }
}

/** A task for each run that somebody must go on with, for the reconciler. */
export async function dueRuns(ports: Ports): Promise<Task[]> {
  const ids = await dueRunIds(ports);
  return ids.map((id) => ({ id, group: id, run: () => continueRun(ports, id) }));
}

async function workThrough(ports: Ports, claimed: LoadedRun, { most, ms }: Slice): Promise<void> {
  const endMs = ports.clock.now() + ms;
  let loaded = claimed;
  for (let done = 0; loaded.run.position < loaded.run.total; ) {
    if (done >= most || ports.clock.now() >= endMs) {
      await saveRun(ports, loaded, { dueAt: toInstant(ports.clock.now()) });
      return;
    }
    const entries = await readEntries(ports, loaded.run, Math.min(batchSize, most - done));
    if (entries.length === 0)
      throw new CurfewError('Internal', `The run ${loaded.run.id} has lost its entries.`);
    const outcomes = await settleAll(ports, loaded.run, entries);
    done += entries.length;
    loaded = await saveRun(ports, loaded, progress(ports, loaded.run, outcomes));
  }
  await finish(ports, loaded);
}

function progress(ports: Ports, { position, outcomes: before }: Run, settled: RunOutcome[]): Partial<Run> {
  const outcomes = { ...before };
  for (const outcome of settled) outcomes[outcome]++;
  return { position: position + settled.length, outcomes, dueAt: claimEnd(ports) };
}

/** By the flows as they are at this moment. */
async function settleAll(ports: Ports, run: Run, entries: RunEntry[]): Promise<RunOutcome[]> {
  const judge = await createFlowJudge(ports);
  const outcomes: RunOutcome[] = [];
  for (let at = 0; at < entries.length; at += atOnce)
    outcomes.push(...(await settleSome(ports, judge, run, entries.slice(at, at + atOnce))));
  return outcomes;
}

function settleSome(ports: Ports, judge: FlowJudge, run: Run, entries: RunEntry[]): Promise<RunOutcome[]> {
  return Promise.all(entries.map((entry) => settleEntry(ports, judge, run, entry)));
}

async function finish(ports: Ports, loaded: LoadedRun): Promise<void> {
  const { by, reason, outcomes, startedAt } = loaded.run;
  const { counts } = await planFlowChange(ports);
  const left = counts.shorten + counts.revoke;
  const finishedAt = toInstant(ports.clock.now());
  await saveRun(
    ports,
    loaded,
    { state: 'done', finishedAt, left, dueAt: undefined },
    { type: 'RunFinished', actor: actorOf(by), reason, details: { outcomes, left, startedAt } },
  );
}

function claimEnd(ports: Ports): string {
  return toInstant(ports.clock.now() + claimMs);
}
