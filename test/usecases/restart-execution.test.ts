/** An execution that somebody stopped: its grant goes on in another one, and ends at its own time. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stateFunctions } from '../../local/state-functions.ts';
import { createLocalWorkflow } from '../../local/workflow/local-workflow.ts';
import { CurfewError } from '../../shared/model/errors.ts';
import { toMs } from '../../shared/model/time.ts';
import type { Workflow } from '../../shared/ports.ts';
import { restartExecution } from '../../shared/usecases/restart-execution.ts';
import { allEnds, approve, becomes, isActive, revoke, withoutWakes } from '../support/acting.ts';
import { checkInvariants, eventsOf } from '../support/check-invariants.ts';
import { createWorld, type World } from '../support/world.ts';

const definition: unknown = JSON.parse(
  readFileSync(new URL('../../statemachines/grant.asl.json', import.meta.url), 'utf8'),
);

/** StopExecution of all that run. The service itself goes on, and knows every name that it ever had. */
async function stopExecutions(world: World): Promise<{ started: string[] }> {
  const names = new Set(world.visited.map(({ execution }) => execution));
  const started: string[] = [];
  await world.workflow.stop({ withinSeconds: 0 });
  const next = createLocalWorkflow({
    definition,
    functions: stateFunctions(world.ports),
    clock: world.clock,
    random: () => 0.5,
  });
  const start: Workflow['start'] = async (name, input) => {
    if (names.has(name)) return;
    names.add(name);
    started.push(name);
    await next.start(name, input);
  };
  world.workflow = { ...next, start };
  world.ports.workflow = world.workflow;
  return { started };
}

const replaced = async (world: World, id: string) =>
  (await eventsOf(world, id)).filter(({ type }) => type === 'ExecutionReplaced').length;

describe('StopExecution of a grant that is active', () => {
  it('is followed by another execution, which ends it at its own time', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 60);
    await world.clock.advance(20);
    const { started } = await stopExecutions(world);
    expect(await restartExecution(world.ports, grant.id)).toBe(`${grant.id}-r1`);
    expect(started).toEqual([`${grant.id}-r1`]);
    await world.clock.advance(39);
    expect((await world.grant(grant.id)).status).toBe('active');
    const ended = await becomes(world, grant, 'revoked', 4);
    expect(ended.wanted.cause).toBe('expired');
    expect(toMs(ended.closedAt) - toMs(grant.expiresAt)).toBeLessThan(2_000);
    expect(await replaced(world, grant.id)).toBe(1);
    await allEnds(world, 1);
  });

  it('does not make it deaf: a revoke wakes the new execution', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 3600);
    await stopExecutions(world);
    await restartExecution(world.ports, grant.id);
    await world.clock.advance(1);
    await revoke(world, 'ana', grant);
    await becomes(world, grant, 'revoked', 2);
    await checkInvariants(world, { ended: true });
  });

  it('may be told twice: there is one new execution', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 60);
    const { started } = await stopExecutions(world);
    await Promise.all([restartExecution(world.ports, grant.id), restartExecution(world.ports, grant.id)]);
    await restartExecution(world.ports, grant.id);
    expect(started).toEqual([`${grant.id}-r1`]);
    expect(await replaced(world, grant.id)).toBe(1);
    await allEnds(world, 65);
  });

  it('may come again and again: each has the next name', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 60);
    for (const name of [grant.id, `${grant.id}-r1`, `${grant.id}-r2`]) {
      await stopExecutions(world);
      await restartExecution(world.ports, name);
      await world.clock.advance(5);
    }
    expect(await world.grant(grant.id)).toMatchObject({ executions: 3, status: 'active' });
    await allEnds(world, 50);
  });

  it('is told of again where the new execution could not be started, and counted once', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 60);
    const { started } = await stopExecutions(world);
    const { workflow } = world.ports;
    world.ports.workflow = {
      ...workflow,
      start: () => Promise.reject(new CurfewError('Throttled', 'slow down')),
    };
    await expect(restartExecution(world.ports, grant.id)).rejects.toMatchObject({ code: 'Throttled' });
    world.ports.workflow = workflow;
    expect(await restartExecution(world.ports, grant.id)).toBe(`${grant.id}-r1`);
    expect(started).toEqual([`${grant.id}-r1`]);
    expect(await replaced(world, grant.id)).toBe(1);
    await allEnds(world, 65);
  });
});

describe('StopExecution', () => {
  it('of a grant whose end passed meanwhile: the new execution ends it at once', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 30);
    await stopExecutions(world);
    await world.clock.advance(40);
    expect((await world.grant(grant.id)).status).toBe('active');
    await restartExecution(world.ports, grant.id);
    await becomes(world, grant, 'revoked', 1);
  });

  it('of a grant that somebody wants ended, and whose wake was lost with it: likewise', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 3600);
    await stopExecutions(world);
    await withoutWakes(world, () => revoke(world, 'ana', grant));
    await restartExecution(world.ports, grant.id);
    const ended = await becomes(world, grant, 'revoked', 1);
    expect(ended.wanted.cause).toBe('self');
  });

  it('of one that waits for a decision: the decision is heard', async () => {
    const world = await createWorld();
    const grant = await world.ask('write', 60);
    await world.clock.advance(1);
    await stopExecutions(world);
    await restartExecution(world.ports, grant.id);
    await world.clock.advance(1);
    await approve(world, 'dora', grant);
    await becomes(world, grant, 'active', 2);
    await allEnds(world, 65);
  });

  it('in the middle of a revoke: it is revoked', async () => {
    const world = await createWorld();
    world.target.fault('revoke', { kind: 'fails' }, 3);
    const grant = await isActive(world, 10);
    await world.clock.advance(11);
    expect((await world.grant(grant.id)).status).toBe('revoking');
    await stopExecutions(world);
    await restartExecution(world.ports, grant.id);
    await becomes(world, grant, 'revoked', 30);
    await checkInvariants(world, { ended: true });
  });
});

describe('nothing is started', () => {
  it('for an execution that is not the latest', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 60);
    const { started } = await stopExecutions(world);
    await restartExecution(world.ports, grant.id);
    await restartExecution(world.ports, `${grant.id}-r1`);
    expect(started).toEqual([`${grant.id}-r1`, `${grant.id}-r2`]);
    expect(await restartExecution(world.ports, grant.id)).toBeUndefined();
    expect(await restartExecution(world.ports, `${grant.id}-r7`)).toBeUndefined();
    expect(started).toHaveLength(2);
  });

  it('for a grant that is closed, for one that never was, and for names of another kind', async () => {
    const world = await createWorld();
    const grant = await isActive(world, 10);
    await becomes(world, grant, 'revoked', 15);
    const { started } = await stopExecutions(world);
    for (const name of [grant.id, 'nobody', `${grant.id}-r0`, `${grant.id}-rx`, 'UPPER', '', 'a b'])
      expect(await restartExecution(world.ports, name)).toBeUndefined();
    expect(started).toEqual([]);
    expect(await replaced(world, grant.id)).toBe(0);
  });
});
