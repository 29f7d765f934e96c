/**
 * The guarantee behind the executions: whatever is due and was not acted on is driven from here, for ever.
 * 1. read what is due 2. drive each by the same use cases as everybody else, the integrations apart from each other
 * 3. converge dirty shared artefacts. It holds nothing back: a grant whose end has passed is revoked.
 */
import { dirtyTasks } from '../lifecycle/converge-dirty.ts';
import { inLanes, type Task } from '../lifecycle/in-lanes.ts';
import { loadGrant } from '../lifecycle/load.ts';
import { dueGrantIds } from '../lifecycle/open-grants.ts';
import { slowestSeconds } from '../lifecycle/pace.ts';
import { restart } from '../lifecycle/restart.ts';
import { wake } from '../lifecycle/wake.ts';
import { isCurfewError } from '../model/errors.ts';
import { type Grant, isOpen } from '../model/grant.ts';
import { toInstant, toMs } from '../model/time.ts';
import type { Ports } from '../ports.ts';
import { closeRequest } from './close-request.ts';
import { dueRuns } from './continue-run.ts';
import { recordRevokeFailed } from './record-revoke-failed.ts';
import { revokeAccess } from './revoke-access.ts';

export interface ReconcileOptions {
  /** Left to the executions for so long: they are the fast path. */
  graceSeconds: number;
  /** Ids that earlier runs of this process are still at. Each run adds its own, and takes them out when they are done. */
  underway?: Set<string>;
  /**
   * Epoch milliseconds by which the run answers, whatever hangs: nothing is begun in its second half, and what is left is due
   * again. What waits for a target's lag alone is looked at once more by the same run, as the next one may be far off.
   */
  untilMs?: number;
}

export interface Reconciled {
  /** Grants that were due. */
  due: number;
  /** How late the latest revocation is, in seconds; 0 when none is. */
  overdueSeconds: number;
  /** What could not be driven: tried again when it is due again. */
  failed: { id: string; error: string }[];
}

interface Run {
  underway: Set<string>;
  failed: Reconciled['failed'];
  /** No task begins later. */
  beginBeforeMs: number;
}

/** Never throws for one grant's sake. */
export async function reconcile(
  ports: Ports,
  { graceSeconds, underway = new Set(), untilMs }: ReconcileOptions,
): Promise<Reconciled> {
  const now = ports.clock.now();
  const beginBeforeMs = untilMs === undefined ? Number.POSITIVE_INFINITY : (now + untilMs) / 2;
  const run: Run = { underway, failed: [], beginBeforeMs };
  const before = toInstant(now - graceSeconds * 1000);
  const due = await readAll(ports, await dueGrantIds(ports, before, 200), run.failed);
  const work = driveAll(ports, run, due);
  if (untilMs === undefined) await work;
  else
    await atMost(
      ports,
      untilMs,
      work.then(() => lookAgain(ports, run, due)),
    );
  const late = untilMs === undefined ? due : [...due, ...(await waiting(ports, now))];
  return { due: due.length, overdueSeconds: overdue(late, ports.clock.now()), failed: run.failed };
}

/** What failed and is not due again yet is late all the same: an alarm must not come and go with each try. */
async function waiting(ports: Ports, nowMs: number): Promise<Grant[]> {
  const before = toInstant(nowMs + slowestSeconds * 1000);
  const grants = await readAll(ports, await dueGrantIds(ports, before, 200), []);
  return grants.filter(({ status }) => status === 'revoke_failed');
}

async function driveAll(ports: Ports, run: Run, due: Grant[]): Promise<void> {
  const tasks = [
    ...due.map((grant) => grantTask(ports, grant)),
    ...(await dirtyTasks(ports)),
    ...(await dueRuns(ports)),
  ];
  await runTasks(ports, run, tasks);
}

async function runTasks(ports: Ports, run: Run, tasks: Task[]): Promise<void> {
  const free = tasks.filter(({ id }) => !run.underway.has(id));
  for (const { id } of free) run.underway.add(id);
  await inLanes(free.map((task) => reporting(ports, task, run)));
}

/** Access that is removed, and only not yet called gone because the target's reads lag. */
async function lookAgain(ports: Ports, run: Run, due: Grant[]): Promise<void> {
  const ids = due.map(({ id }) => id);
  const lagging = (await readAll(ports, ids, [])).filter(
    (grant) => 'absentAt' in grant && grant.absentAt !== undefined && grant.nextTryAt !== undefined,
  );
  const settledMs = Math.max(...lagging.map(({ nextTryAt }) => toMs(nextTryAt ?? '')));
  if (lagging.length === 0 || settledMs >= run.beginBeforeMs) return;
  await ports.clock.sleepUntil(settledMs);
  await runTasks(
    ports,
    run,
    lagging.map((grant) => grantTask(ports, grant)),
  );
}

/** Waits for the work, and no longer than that. */
async function atMost(ports: Ports, untilMs: number, work: Promise<void>): Promise<void> {
  const done = new AbortController();
  await Promise.race([work.finally(() => done.abort()), ports.clock.sleepUntil(untilMs, done.signal)]);
}

/** The open grants among them. One that cannot be read is reported, and holds up no other. */
async function readAll(ports: Ports, ids: string[], failed: Reconciled['failed']): Promise<Grant[]> {
  const read = (id: string) =>
    loadGrant(ports, id).catch((error: unknown) => void failed.push({ id, error: describe(error) }));
  const grants = await Promise.all(ids.map(read));
  return grants.filter((grant) => grant !== undefined && isOpen(grant));
}

function grantTask(ports: Ports, grant: Grant): Task {
  return { id: grant.id, group: grant.entitlement.integration, run: () => drive(ports, grant) };
}

function reporting(ports: Ports, task: Task, { underway, failed, beginBeforeMs }: Run): Task {
  const run = async () => {
    if (ports.clock.now() < beginBeforeMs)
      await task.run().catch((error: unknown) => failed.push({ id: task.id, error: describe(error) }));
    underway.delete(task.id);
  };
  return { ...task, run };
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
}

async function drive(ports: Ports, grant: Grant): Promise<void> {
  if (!isOpen(grant)) return undefined;
  switch (grant.status) {
    case 'pending':
      await unlessNotDue(closeRequest(ports, { grantId: grant.id }));
      return wakeAgain(ports, grant);
    case 'approved':
      return beginAgain(ports, grant);
    case 'granting':
      return grant.wanted ? revoke(ports, grant) : beginAgain(ports, grant);
    case 'active':
    case 'revoking':
    case 'revoke_failed':
      return revoke(ports, grant);
  }
}

/** A failure here is a failed revoke: said so at once, since no execution is there to say it. */
async function revoke(ports: Ports, grant: Grant): Promise<void> {
  try {
    await unlessNotDue(revokeAccess(ports, { grantId: grant.id }));
  } catch (error) {
    await recordRevokeFailed(ports, { grantId: grant.id });
    throw error;
  } finally {
    await wakeAgain(ports, grant);
  }
}

/** Nobody is granting it: a new execution does. */
async function beginAgain(ports: Ports, { id, status, lease, executions }: Grant): Promise<void> {
  await restart(
    ports,
    id,
    'ExecutionRestarted',
    (current) =>
      current.status === status && current.lease.number === lease.number && current.executions === executions,
  );
}

async function wakeAgain(ports: Ports, { id }: Grant): Promise<void> {
  const grant = await loadGrant(ports, id);
  if (grant) await wake(ports, grant);
}

/** `NotDue`, `Settling` and `TargetLagging` are the table's word that there is nothing to do for this caller now; `Throttled` is late, not failed. */
async function unlessNotDue(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!isCurfewError(error, 'NotDue', 'Settling', 'TargetLagging', 'Throttled')) throw error;
  });
}

/** For how long access should have been over, at the worst. */
function overdue(grants: Grant[], nowMs: number): number {
  const lateness = grants.map((grant) => {
    const end = endOf(grant);
    return end === undefined ? 0 : Math.round((nowMs - toMs(end)) / 1000);
  });
  return Math.max(0, ...lateness);
}

/** When it should have ended: its own end, where that is why; else when somebody wanted it. */
function endOf(grant: Grant): string | undefined {
  const wanted = 'wanted' in grant ? grant.wanted : undefined;
  const own = 'expiresAt' in grant ? grant.expiresAt : undefined;
  if (wanted?.cause === 'expired') return own ?? wanted.at;
  return wanted?.at ?? (grant.status === 'active' ? own : undefined);
}
