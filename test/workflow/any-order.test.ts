/**
 * Whatever happens in whatever order, the invariants hold after each step; and when the target answers again and time
 * passes, every grant is closed and no access is left. A failure prints its seed: set CURFEW_SEED to play it again.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCurfewError } from '../../shared/model/errors.ts';
import { isOpen } from '../../shared/model/grant.ts';
import { allGrants, checkInvariants } from '../support/check-invariants.ts';
import { type LaggingTable, withLaggingIndexes } from '../support/lagging-table.ts';
import { createWorld, someFlows, type World } from '../support/world.ts';
import { anySteps, type Step, take } from './any-order-steps.ts';

const numRuns = Number(process.env['CURFEW_RUNS'] ?? 120);
const seed = process.env['CURFEW_SEED'] === undefined ? {} : { seed: Number(process.env['CURFEW_SEED']) };
/** So that nobody's request stays open for a day. */
const flows = someFlows.map((flow) => ({ ...flow, decideWithin: 60 }));

describe('in any order', () => {
  it('access never outlives its record, and everything ends', async () => {
    const anyLife = fc.record({ steps: anySteps, stood: fc.boolean(), quiesces: fc.boolean() });
    const property = fc.asyncProperty(anyLife, async ({ steps, stood, quiesces }) => {
      const { world, lagging } = await begin(quiesces);
      if (stood) world.target.stand('oncall<-ana');
      await live(world, lagging, steps);
      await end(world, lagging);
    });
    await fc.assert(property, { numRuns, ...seed, endOnFailure: true, interruptAfterTimeLimit: 50_000 });
  });
});

async function begin(quiesces: boolean): Promise<{ world: World; lagging: LaggingTable }> {
  let lagging: LaggingTable | undefined;
  const wrap = (table: World['table']) => (lagging = withLaggingIndexes(table, { behindWrites: 0 }));
  const world = await createWorld({ wrap, flows, reconcileEvery: 10, target: { quiesces } });
  if (!lagging) throw new Error('no table');
  return { world, lagging };
}

async function live(world: World, lagging: LaggingTable, steps: Step[]): Promise<void> {
  const grants = await allGrants(world);
  const surprises: unknown[] = [];
  for (const step of steps) {
    if (world.life.dead) await world.restart();
    void take(world, lagging, step, grants).catch((error: unknown) => {
      if (!isCurfewError(error)) surprises.push(error);
    });
    await world.clock.advance(step.step === 'wait' ? step.seconds : 0);
    await checkInvariants(world);
    expect(surprises).toEqual([]);
  }
}

/** The target answers again, the indexes catch up, and a process lives: an hour is enough for the slowest pace of retries. */
async function end(world: World, lagging: LaggingTable): Promise<void> {
  world.target.heal();
  lagging.lagBehind(0);
  world.life.tableFaults.length = 0;
  world.life.diesAt = () => undefined;
  if (world.life.dead) await world.restart();
  const over = async () => !(await allGrants(world)).some(isOpen);
  await world.clock.runUntil(over, { withinSeconds: 3600 }).catch(() => undefined);
  await world.clock.advance(30);
  await checkInvariants(world, { ended: true });
}
