/** The interpreter's Retry and Catch: every rule, as AWS has it. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matches, retryDelayMs } from '../../local/workflow/retry.ts';
import { createWorld, named, record, stepOf, task } from './asl-world.ts';

const never = () => new Promise(() => {});
const always = (name: string) => () => Promise.reject(named(name));

const worksFrom = (first: number) => (_payload: unknown, call: number) =>
  call < first ? Promise.reject(named('Broken')) : { call };
const alternating = (_payload: unknown, call: number) =>
  Promise.reject(named(call % 2 ? 'Settling' : 'Broken'));
const throwsSecret = () =>
  Promise.reject(Object.assign(new Error('password is hunter2'), { name: 'Broken' }));
const throwsAtOnce = () => {
  throw named('Broken');
};
const catchAll = (more: object) => [{ ErrorEquals: ['States.ALL'], Next: 'Record', ...more }];

/** When `work` was called, by a machine with these retriers. */
async function triesOf(
  retry: unknown[],
  work: (payload: unknown, call: number) => unknown,
  random?: () => number,
) {
  const caught = { ErrorEquals: ['States.ALL'], ResultPath: '$.failed', Next: 'Record' };
  const world = createWorld(
    { Work: task({ Retry: retry, Catch: [caught] }), Record: record },
    { work },
    random && { random },
  );
  await world.start();
  await world.clock.advance(100_000);
  const at = world.calls.filter((line) => line.endsWith('work')).map((line) => Number.parseFloat(line));
  const failed = world.payloads['record']?.[0]?.['step'] as { failed?: { Error: string } } | undefined;
  return { at, error: failed?.failed?.Error };
}

describe('Retry', () => {
  it('left without numbers tries three times more, after 1, 2 and 4 s', async () => {
    const { at, error } = await triesOf([{ ErrorEquals: ['Broken'] }], always('Broken'));
    expect(at).toEqual([0, 1, 3, 7]);
    expect(error).toBe('Broken');
  });

  it('multiplies the pause by its rate, up to the longest', async () => {
    const retrier = {
      ErrorEquals: ['Broken'],
      IntervalSeconds: 2,
      BackoffRate: 3,
      MaxAttempts: 4,
      MaxDelaySeconds: 10,
    };
    expect((await triesOf([retrier], always('Broken'))).at).toEqual([0, 2, 8, 18, 28]);
  });

  it('with full jitter pauses anything between nothing and that', async () => {
    const retrier = { ErrorEquals: ['Broken'], IntervalSeconds: 4, MaxAttempts: 2, JitterStrategy: 'FULL' };
    expect((await triesOf([retrier], always('Broken'), () => 0.25)).at).toEqual([0, 1, 3]);
    expect((await triesOf([retrier], always('Broken'), () => 0)).at).toEqual([0, 0, 0]);
  });

  it('with no attempts never tries again, though a later retrier would', async () => {
    const retry = [{ ErrorEquals: ['NotDue'], MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'] }];
    expect((await triesOf(retry, always('NotDue'))).at).toEqual([0]);
  });

  it('asks no later retrier once the first that matches is used up', async () => {
    const retry = [
      { ErrorEquals: ['Broken'], MaxAttempts: 1 },
      { ErrorEquals: ['States.ALL'], MaxAttempts: 9 },
    ];
    expect((await triesOf(retry, always('Broken'))).at).toEqual([0, 1]);
  });

  it('counts each retrier for itself, and does not start again when errors alternate', async () => {
    const retry = [
      { ErrorEquals: ['Settling'], IntervalSeconds: 10, BackoffRate: 1, MaxAttempts: 2 },
      { ErrorEquals: ['Broken'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 2 },
    ];
    const { at, error } = await triesOf(retry, alternating);
    expect(at).toEqual([0, 10, 11, 21, 23]);
    expect(error).toBe('Settling');
  });

  it('counts anew when the state is entered again', async () => {
    const retry = [{ ErrorEquals: ['Broken'], MaxAttempts: 1 }];
    const caught = { ErrorEquals: ['Broken'], ResultPath: '$.failed', Next: 'Again' };
    const again = { Type: 'Choice', Choices: [{ Variable: '$.failed', IsPresent: true, Next: 'Work' }] };
    const world = createWorld(
      { Work: task({ Retry: retry, Catch: [caught] }), Again: again },
      { work: worksFrom(4) },
    );
    await world.start();
    await world.clock.advance(100);
    expect(world.calls).toEqual(['0 work', '1 work', '1 work', '2 work']);
  });

  it('stops as soon as a try works, and hands on its answer', async () => {
    const world = createWorld(
      { Work: task({ Retry: [{ ErrorEquals: ['Broken'] }], Next: 'Record' }), Record: record },
      { work: worksFrom(3) },
    );
    await world.start();
    await world.clock.advance(100);
    expect(world.payloads['record']).toEqual([{ step: { call: 3 } }]);
    expect(world.payloads['work']).toHaveLength(3);
  });

  it('gives each try the whole time-out', async () => {
    const retry = [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 10, MaxAttempts: 1 }];
    const { at, error } = await triesOf(retry, never);
    expect(at).toEqual([0, 100]);
    expect(error).toBe('States.Timeout');
  });

  it.each([
    ['States.TaskFailed', 'a time-out', never, false],
    ['States.TaskFailed', 'an error', always('Anything'), true],
    ['States.ALL', 'a time-out', never, true],
    ['States.ALL', 'an error', always('Anything'), true],
    ['States.Timeout', 'a time-out', never, true],
    ['States.Timeout', 'an error', always('Anything'), false],
    ['Anything', 'an error of that name', always('Anything'), true],
    ['Anything', 'an error of another case', always('anything'), false],
  ])('of %s after %s', async (name, _what, work, again) => {
    const { at } = await triesOf([{ ErrorEquals: [name], MaxAttempts: 1 }], work);
    expect(at).toHaveLength(again ? 2 : 1);
  });

  it.each([
    ['a text', 'oops', 'string'],
    ['nothing', undefined, 'undefined'],
    ['a plain Error', new Error('oops'), 'Error'],
    ['a TypeError', new TypeError('oops'), 'TypeError'],
  ])('names what a function throws as Lambda does: %s', async (_what, thrown, name) => {
    expect((await triesOf([], () => Promise.reject(thrown))).error).toBe(name);
  });

  it('takes a function that throws at once as one that rejects', async () => {
    expect((await triesOf([{ ErrorEquals: ['Broken'], MaxAttempts: 1 }], throwsAtOnce)).at).toEqual([0, 1]);
  });

  it('never pauses less than nothing, more than its longest, or more often than it may', () => {
    const retrier = fc.record(
      {
        ErrorEquals: fc.constant<string[]>(['Broken']),
        IntervalSeconds: fc.integer({ min: 1, max: 1000 }),
        BackoffRate: fc.double({ min: 1, max: 10, noNaN: true }),
        MaxAttempts: fc.integer({ min: 0, max: 400 }),
        MaxDelaySeconds: fc.integer({ min: 1001, max: 100_000 }),
        JitterStrategy: fc.constantFrom('FULL' as const, 'NONE' as const),
      },
      { requiredKeys: ['ErrorEquals', 'IntervalSeconds', 'BackoffRate', 'MaxAttempts', 'JitterStrategy'] },
    );
    fc.assert(
      fc.property(retrier, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (one, random) => {
        const tries = new Map();
        const delays: number[] = [];
        for (let ms = next(); ms !== undefined; ms = next()) delays.push(ms);
        function next() {
          return retryDelayMs([one], 'Broken', tries, () => random);
        }
        const most = (one.MaxDelaySeconds ?? 31_622_399) * 1000;
        expect(delays).toHaveLength(one.MaxAttempts);
        expect(delays.every((ms) => ms >= 0 && ms <= most)).toBe(true);
      }),
    );
  });
});

describe('Catch', () => {
  const broken = always('Broken');

  it('goes where the first that matches says, with the error at its path and the rest untouched', async () => {
    const rules = [
      { ErrorEquals: ['NotDue'], ResultPath: '$.notDue', Next: 'Other' },
      { ErrorEquals: ['Broken', 'Settling'], ResultPath: '$.failed', Next: 'Record' },
      { ErrorEquals: ['States.ALL'], ResultPath: '$.other', Next: 'Other' },
    ];
    const world = createWorld(
      { Work: task({ Catch: rules }), Record: record, Other: task() },
      { work: broken },
    );
    await world.start();
    const failed = { Error: 'Broken', Cause: '{"errorType":"Broken"}' };
    expect(world.payloads['record']).toEqual([{ step: { ...stepOf('g1'), failed } }]);
  });

  it('without ResultPath replaces the data, with null drops the error', async () => {
    const replaced = createWorld({ Work: task({ Catch: catchAll({}) }), Record: record }, { work: broken });
    await replaced.start();
    expect(replaced.payloads['record']).toMatchObject([{ step: { Error: 'Broken' } }]);
    const dropped = createWorld(
      { Work: task({ Catch: catchAll({ ResultPath: null }) }), Record: record },
      { work: broken },
    );
    await dropped.start();
    expect(dropped.payloads['record']).toEqual([{ step: stepOf('g1') }]);
  });

  it('keeps the message of an error out of state data', async () => {
    const rules = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failed', Next: 'Record' }];
    const world = createWorld({ Work: task({ Catch: rules }), Record: record }, { work: throwsSecret });
    await world.start();
    expect(JSON.stringify(world.payloads['record'])).not.toContain('hunter2');
  });

  it('that matches nothing lets the execution fail', async () => {
    const rules = [{ ErrorEquals: ['NotDue'], Next: 'Record' }];
    const world = createWorld({ Work: task({ Catch: rules }), Record: record }, { work: broken });
    await world.start();
    expect(world.failures).toMatchObject([{ error: { name: 'Broken' } }]);
  });

  it('matches any name, and no name but its own', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        expect(matches(['States.ALL'], one)).toBe(true);
        expect(matches([`x${one}`], `x${other}`)).toBe(one === other);
      }),
    );
  });
});
