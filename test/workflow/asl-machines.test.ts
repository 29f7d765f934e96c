/** Random machines of the subset, with functions that do anything: an execution always ends, waits on a timer, or goes round until its history is full. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { callback, createWorld, named, stepOf, task, type World } from './asl-world.ts';

const size = 5;
const name = (at: number) => `S${at}`;
const error = fc.constantFrom('NotDue', 'Settling', 'Broken', 'States.TaskFailed', 'States.Timeout');
const target = fc.integer({ min: 0, max: size - 1 }).map(name);

const retrier = fc.record({
  ErrorEquals: fc.array(error, { minLength: 1, maxLength: 2 }),
  IntervalSeconds: fc.integer({ min: 1, max: 30 }),
  MaxAttempts: fc.integer({ min: 0, max: 3 }),
  JitterStrategy: fc.constantFrom('FULL', 'NONE'),
});
const catcher = fc.record({
  ErrorEquals: fc.oneof(fc.array(error, { minLength: 1, maxLength: 2 })),
  ResultPath: fc.constantFrom('$', '$.failed', '$.a.b', null),
  Next: target,
});

function condition(depth: number): fc.Arbitrary<Record<string, unknown>> {
  const variable = fc.constantFrom('$.status', '$.waitSeconds', '$.failed', '$.a.b');
  const leaf = fc.oneof(
    fc.record({ Variable: variable, IsPresent: fc.boolean() }),
    fc.record({ Variable: variable, StringEquals: fc.constantFrom('approved', 'active') }),
    fc.record({ Variable: variable, NumericGreaterThan: fc.integer({ min: -1, max: 100 }) }),
  ) as fc.Arbitrary<Record<string, unknown>>;
  if (depth === 0) return leaf;
  const inner = condition(depth - 1);
  return fc.oneof(
    leaf,
    inner.map((Not) => ({ Not })),
    fc.array(inner, { minLength: 1, maxLength: 3 }).map((And) => ({ And })),
    fc.array(inner, { minLength: 1, maxLength: 3 }).map((Or) => ({ Or })),
  );
}

/** State `at` leads to the next one among others, so that every state can be reached; the last one may end. */
function state(at: number): fc.Arbitrary<Record<string, unknown>> {
  const next = at + 1 < size ? { Next: name(at + 1) } : { End: true };
  const rules = fc.array(fc.tuple(condition(2), target), { minLength: 1, maxLength: 3 });
  const works = fc
    .record({
      Retry: fc.array(retrier, { maxLength: 3 }),
      Catch: fc.array(catcher, { maxLength: 3 }),
      out: fc.boolean(),
    })
    .map(({ out, ...rest }) => ({ ...rest, ...next, ...(out ? {} : { ResultPath: null, OutputPath: '$' }) }));
  return fc.oneof(
    rules.map((list) => ({
      Type: 'Choice',
      Choices: list.map(([rule, to]) => ({ ...rule, Next: to })),
      Default: name((at + 1) % size),
    })),
    works.map((more) => task(more)),
    works.map((more) => callback({ TimeoutSeconds: 40, ...more })),
    fc.integer({ min: 1, max: 900 }).map((Seconds) => ({ Type: 'Wait', Seconds, ...next })),
  );
}

const machine = fc.tuple(...Array.from({ length: size }, (_, at) => state(at)));
const deed = fc.constantFrom('answer', 'throw', 'hang', 'nothing', 'call back', 'call back nonsense');

function behave(world: () => World, deeds: string[]) {
  return (payload: Record<string, unknown>, call: number) => {
    const token = typeof payload['token'] === 'string' ? payload['token'] : '';
    switch (deeds[call % deeds.length]) {
      case 'answer':
        return stepOf('g1');
      case 'throw':
        return Promise.reject(named(['NotDue', 'Settling', 'Broken'][call % 3] as string));
      case 'hang':
        return new Promise(() => {});
      case 'call back':
        return world().workflow.wake(token, stepOf('g1'));
      case 'call back nonsense':
        return world().workflow.wake(token, null as never);
      case 'nothing':
      case undefined:
        return undefined;
    }
  };
}

it('whatever the machine, and whatever its functions do, an execution ends or waits on a timer, and can be stopped', async () => {
  const run = fc.asyncProperty(
    machine,
    fc.array(deed, { minLength: 1, maxLength: 6 }),
    async (states, deeds) => {
      const behaviour = behave(() => world, deeds);
      const world: World = createWorld(Object.fromEntries(states.map((one, at) => [name(at), one])), {
        work: behaviour,
        hold: behaviour,
      });
      await world.start();
      for (let round = 0; round < 15; round++) {
        expect(world.clock.pending()).toBe(world.workflow.running().length);
        await world.clock.advance(60);
      }
      await world.workflow.stop({ withinSeconds: 0 });
      expect(world.clock.pending()).toBe(0);
      expect(world.failures.every(({ error: failure }) => failure.name !== 'TypeError')).toBe(true);
    },
  );
  await fc.assert(run, { numRuns: 60 });
});
