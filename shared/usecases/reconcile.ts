/**
 * The guarantee behind the executions: whatever is due and was not acted on is driven from here, for ever.
 * 1. read what is due 2. drive each by the same use cases as everybody else, the integrations apart from each other
 * 3. converge dirty shared artefacts. It holds nothing back: a grant whose end has passed is revoked.
 */
import { amend } from '../lifecycle/amend.ts';
import { dirtyTasks } from '../lifecycle/converge-dirty.ts';
import { system } from '../lifecycle/failure.ts';
import { inLanes, type Task } from '../lifecycle/in-lanes.ts';
import { loadGrant } from '../lifecycle/load.ts';
import { dueGrantIds } from '../lifecycle/open-grants.ts';
import { afterWorkflow } from '../lifecycle/pace.ts';
import { stepOf } from '../lifecycle/step.ts';
import { wake } from '../lifecycle/wake.ts';
import { isCurfewError } from '../model/errors.ts';
import { type Grant, isOpen } from '../model/grant.ts';
import { toInstant, toMs } from '../model/time.ts';
import type { Ports } from '../ports.ts';
import { closeRequest } from './close-request.ts';
import { recordRevokeFailed } from './record-revoke-failed.ts';
import { revokeAccess } from './revoke-access.ts';

export interface ReconcileOptions {
  /** Left to the executions for so long: they are the fast path. */
  graceSeconds: number;
  /** Ids that earlier runs of this process are still at. Each run adds its own, and takes them out when they are done. */
  underway?: Set<string>;
}

export interface Reconciled {
  /** Grants that were due. */
  due: number;
  /** How late the latest revocation is, in seconds; 0 when none is. */
  overdueSeconds: number;
  /** What could not be driven: tried again when it is due again. */
  failed: { id: string; error: string }[];
}

/** Never throws for one grant's sake. */
export async function reconcile(
  ports: Ports,
  { graceSeconds, underway = new Set() }: ReconcileOptions,
): Promise<Reconciled> {
  const before = toInstant(ports.clock.now() - graceSeconds * 1000);
  const failed: Reconciled['failed'] = [];
  const due = await readAll(ports, await dueGrantIds(ports, before, 200), failed);
  const tasks = [...due.map((grant) => grantTask(ports, grant)), ...(await dirtyTasks(ports))];
  const free = tasks.filter(({ id }) => !underway.has(id));
  for (const { id } of free) underway.add(id);
  await inLanes(free.map((task) => reporting(task, underway, failed)));
  return { due: due.length, overdueSeconds: overdue(due, ports.clock.now()), failed };
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

function reporting(task: Task, underway: Set<string>, failed: Reconciled['failed']): Task {
  const run = async () => {
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
      return restart(ports, grant);
    case 'granting':
      return grant.wanted ? revoke(ports, grant) : restart(ports, grant);
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

/** Nobody is granting it: a new execution does, under a new name, since a name stays taken (P2). */
async function restart(ports: Ports, grant: Grant): Promise<void> {
  const { grant: marked, changed } = await amend(ports, grant.id, (current) => {
    const same =
      current.status === grant.status &&
      current.lease.number === grant.lease.number &&
      current.executions === grant.executions;
    if (!same) return undefined;
    const executions = current.executions + 1;
    const patch = { executions, nextTryAt: afterWorkflow(ports.clock.now()) };
    return {
      to: current.status,
      patch,
      said: { type: 'ExecutionRestarted', actor: system, details: { executions } },
    };
  });
  if (changed)
    await ports.workflow.start(`${grant.id}-r${marked.executions}`, stepOf(marked, ports.clock.now()));
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

/** Since when access should have been over, at the worst. */
function overdue(grants: Grant[], nowMs: number): number {
  const ends = grants.map((grant) =>
    'wanted' in grant && grant.wanted
      ? grant.wanted.at
      : grant.status === 'active'
        ? grant.expiresAt
        : undefined,
  );
  return Math.max(0, ...ends.map((end) => (end === undefined ? 0 : Math.round((nowMs - toMs(end)) / 1000))));
}
