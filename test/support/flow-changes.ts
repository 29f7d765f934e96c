/** Changing flows under open grants, in words that a test reads well with. */
import { currentFlows } from '../../shared/lifecycle/load.ts';
import type { Flow } from '../../shared/model/flow.ts';
import type { Grant } from '../../shared/model/grant.ts';
import type { Run } from '../../shared/model/run.ts';
import { applyFlows } from '../../shared/usecases/apply-flows.ts';
import { getRun } from '../../shared/usecases/get-run.ts';
import { loadConfig } from '../../shared/usecases/load-config.ts';
import { showFlowPlan } from '../../shared/usecases/show-flow-plan.ts';
import { anIntegration, theSystem } from './builders.ts';
import type { World } from './world.ts';

/** Deploys the flows that there are, with one of them changed. */
export async function changeFlow(world: World, id: string, with_: Partial<Flow>): Promise<void> {
  const flows = (await currentFlows(world)).map(({ flow }) =>
    flow.id === id ? { ...flow, ...with_ } : flow,
  );
  await deploy(world, flows);
}

export async function removeFlow(world: World, id: string): Promise<void> {
  await deploy(
    world,
    (await currentFlows(world)).map(({ flow }) => flow).filter((flow) => flow.id !== id),
  );
}

async function deploy(world: World, flows: Flow[]): Promise<void> {
  await loadConfig(world, { flows, integrations: [anIntegration()] }, theSystem('deploy'));
}

export function plan(world: World, by = 'adam') {
  return showFlowPlan(world.ports, { by: world.person(by), paging: { limit: 200 } });
}

export function apply(world: World, expect: string, by = 'adam', key?: string) {
  const idempotency = key === undefined ? undefined : { key, bodyHash: key };
  return applyFlows(world.ports, { by: world.person(by), expect, reason: 'a shorter day', idempotency });
}

/** Plans, and applies what was planned. */
export async function applyAll(world: World): Promise<string> {
  const { digest } = await plan(world);
  return (await apply(world, digest)).runId;
}

/** The run, with the outcome of every grant. */
export async function runOf(
  world: World,
  runId: string,
): Promise<{ run: Run; outcomes: Record<string, string> }> {
  const outcomes: Record<string, string> = {};
  let cursor: string | undefined;
  for (;;) {
    const paging = { limit: 200, cursor };
    const { run, items, next } = await getRun(world.ports, { by: world.person('adam'), runId, paging });
    for (const { grantId, outcome } of items) outcomes[grantId] = outcome;
    if (next === undefined) return { run, outcomes };
    cursor = next;
  }
}

/** Has the run its end? */
export async function isDone(world: World, runId: string): Promise<boolean> {
  return (await runOf(world, runId)).run.state === 'done';
}

/** Active grants keep their end as `expiresAt`. */
export function endOf(grant: Grant): string | undefined {
  return 'expiresAt' in grant ? grant.expiresAt : undefined;
}
