/** The interpreter: choices, tasks, callbacks, waits, and what becomes of executions. */
import { describe, expect, it } from 'vitest';
import { callback, createWorld, named, record, stepOf, task } from './asl-world.ts';

const day = 86_400;
const never = () => new Promise(() => {});

const choosing = (rule: Record<string, unknown>) => ({
  Route: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' },
  Yes: record,
  No: task(),
});
const status = (value: string) => ({ Variable: '$.status', StringEquals: value });
const present = { Variable: '$.ghost', IsPresent: true };
const more = (than: number) => ({ Variable: '$.waitSeconds', NumericGreaterThan: than });

describe('a Choice', () => {
  it.each([
    ['a text that is equal', status('approved'), 'Yes'],
    ['a text that differs', status('pending'), 'No'],
    ['a text compared with a number', { Variable: '$.waitSeconds', StringEquals: '60' }, 'No'],
    ['a number that is greater', more(59), 'Yes'],
    ['a number that is equal', more(60), 'No'],
    ['a number compared with a text', { Variable: '$.status', NumericGreaterThan: 0 }, 'No'],
    ['a field that is missing', present, 'No'],
    ['a field that is asked to be missing', { Variable: '$.ghost', IsPresent: false }, 'Yes'],
    ['a field that is null', { Variable: '$.nothing', IsPresent: true }, 'Yes'],
    ['Not', { Not: present }, 'Yes'],
    ['And, all true', { And: [status('approved'), more(0)] }, 'Yes'],
    ['And, one false', { And: [status('approved'), more(99)] }, 'No'],
    ['Or, one true', { Or: [present, more(0)] }, 'Yes'],
    ['Or, none true', { Or: [present, more(99)] }, 'No'],
    [
      'And that stops before a field that is missing',
      { And: [present, { Variable: '$.ghost', StringEquals: 'x' }] },
      'No',
    ],
  ])('decides on %s', async (_what, rule, expected) => {
    const world = createWorld(choosing(rule));
    await world.start('g1', { nothing: null });
    expect(world.visited).toEqual(['0 Route', `0 ${expected}`]);
  });

  it('fails the execution where it compares a field that is not there', async () => {
    const world = createWorld(choosing({ Variable: '$.ghost', StringEquals: 'x' }));
    await world.start();
    expect(world.failures[0]?.error.name).toBe('States.Runtime');
  });

  it('fails the execution where nothing fits and there is no default', async () => {
    const choices = [{ ...status('pending'), Next: 'Yes' }];
    const world = createWorld({ Route: { Type: 'Choice', Choices: choices }, Yes: record });
    await world.start();
    expect(world.failures[0]?.error.name).toBe('States.NoChoiceMatched');
  });
});

describe('a Task', () => {
  it('hands the function its payload and the next state the answer', async () => {
    const world = createWorld(
      { Work: task({ Next: 'Record' }), Record: record },
      { work: () => ({ a: [1] }) },
    );
    await world.start();
    expect(world.payloads['work']).toEqual([{ grantId: 'g1', step: stepOf('g1') }]);
    expect(world.payloads['record']).toEqual([{ step: { a: [1] } }]);
  });

  it.each([
    ['null, the result is dropped', { ResultPath: null, OutputPath: '$' }, stepOf('g1')],
    [
      'a path, it is put there',
      { ResultPath: '$.it', OutputPath: '$' },
      { ...stepOf('g1'), it: { Payload: 7, StatusCode: 200 } },
    ],
    ['a deep path, it is put there', { ResultPath: '$.a.b', OutputPath: '$.a.b.Payload' }, 7],
  ])('with ResultPath %s', async (_what, paths, expected) => {
    const world = createWorld(
      { Work: task({ ...paths, Next: 'Record' }), Record: record },
      { work: () => 7 },
    );
    await world.start();
    expect(world.payloads['record']).toEqual([{ step: expected }]);
  });

  it('shares no object with its function', async () => {
    const kept = { n: 1 };
    const spoil = (payload: Record<string, unknown>) => {
      (payload['step'] as Record<string, unknown>)['grantId'] = 'other';
      return kept;
    };
    const world = createWorld(
      { Work: task({ ResultPath: '$.it', OutputPath: '$', Next: 'Record' }), Record: record },
      { work: spoil, record: () => (kept.n = 2) },
    );
    await world.start();
    const step = world.payloads['record']?.[0]?.['step'];
    expect(step).toMatchObject({ grantId: 'g1', it: { Payload: { n: 1 } } });
  });

  it('turns an answer of nothing into null, and goes on', async () => {
    const world = createWorld({ Work: task({ Next: 'Record' }), Record: record }, { work: () => undefined });
    await world.start();
    expect(world.payloads['record']).toEqual([{ step: null }]);
  });

  it('that gets no answer times out on the second, and ignores the answer that comes after', async () => {
    const caught = { ErrorEquals: ['States.Timeout'], ResultPath: '$.late', Next: 'Record' };
    const late = () =>
      clock()
        .sleepUntil(clock().now() + 100_000)
        .then(() => Promise.reject(named('Late')));
    const world = createWorld({ Work: task({ Catch: [caught] }), Record: record }, { work: late });
    const clock = () => world.clock;
    await world.start();
    await world.clock.advance(200);
    expect(world.visited).toEqual(['0 Work', '90 Record']);
    expect(world.payloads['record']).toMatchObject([{ step: { late: { Error: 'States.Timeout' } } }]);
  });

  it('fails the execution where a path of its payload leads nowhere', async () => {
    const parameters = { FunctionName: '${WorkArn}', Payload: { 'x.$': '$.ghost' } };
    const caught = { ErrorEquals: ['States.ALL'], Next: 'Record' };
    const world = createWorld({ Work: task({ Parameters: parameters, Catch: [caught] }), Record: record });
    await world.start();
    expect(world.failures[0]?.error.name).toBe('States.ParameterPathFailure');
    expect(world.calls).toEqual([]);
  });

  it.each([0, -1, 1.5, '60', null, 100_000_000])(
    'fails the execution where its time-out is %j',
    async (seconds) => {
      const world = createWorld(
        { Hold: callback({ TimeoutSeconds: undefined, TimeoutSecondsPath: '$.waitSeconds' }) },
        { hold: never },
      );
      await world.start('g1', { waitSeconds: seconds });
      expect(world.failures[0]?.error.name).toBe('States.Runtime');
    },
  );
});

describe('a Task that waits for its token', () => {
  const caught = { ErrorEquals: ['States.Timeout'], ResultPath: '$.expired', Next: 'Record' };
  const held = {
    TimeoutSeconds: undefined,
    TimeoutSecondsPath: '$.waitSeconds',
    Catch: [caught],
    Next: 'Record',
  };
  const machine = { Hold: callback(held), Record: record };

  it('waits 30 days, and then times out on the second', async () => {
    const world = createWorld(machine, { hold: () => 'ignored' });
    await world.start('g1', { waitSeconds: 30 * day });
    await world.clock.advance(30 * day - 1);
    expect(world.visited).toEqual(['0 Hold']);
    await world.clock.advance(1);
    expect(world.visited).toEqual(['0 Hold', `${30 * day} Record`]);
    expect(await world.workflow.wake(world.tokens[0] as string, stepOf('g1'))).toBe(false);
  });

  it('goes on with what the callback brings, once', async () => {
    const world = createWorld(machine, { hold: () => undefined });
    await world.start();
    const [token] = world.tokens as [string];
    await world.clock.advance(10);
    expect(await world.workflow.wake(token, { ...stepOf('g1'), status: 'revoking' })).toBe(true);
    expect(await world.workflow.wake(token, stepOf('g1'))).toBe(false);
    await world.clock.advance(100);
    expect(world.visited).toEqual(['0 Hold', '10 Record']);
    expect(world.payloads['record']).toMatchObject([{ step: { status: 'revoking' } }]);
    expect(world.clock.pending()).toBe(0);
  });

  it('may be called back by its own function before that has answered, and what the function throws then is ignored', async () => {
    const selfish = async (payload: Record<string, unknown>) => {
      await world.workflow.wake(payload['token'] as string, stepOf('self'));
      throw named('TooLate');
    };
    const world = createWorld(machine, { hold: selfish });
    await world.start();
    expect(world.payloads['record']).toEqual([{ step: stepOf('self') }]);
    expect(world.failures).toEqual([]);
  });

  it('begins its time-out anew when it is tried again, with a new token, and the old one is void', async () => {
    const retry = [{ ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 5 }];
    const world = createWorld(
      { Hold: callback({ ...held, Retry: retry }), Record: record },
      { hold: (_payload, call) => (call === 1 ? Promise.reject(named('Hiccup')) : undefined) },
    );
    await world.start();
    await world.clock.advance(10);
    const [first, second] = world.tokens as [string, string];
    expect(second).not.toBe(first);
    expect(await world.workflow.wake(first, stepOf('g1'))).toBe(false);
    await world.clock.advance(100);
    expect(world.visited).toEqual(['0 Hold', '65 Record']);
  });

  it('does not know a token that never was', async () => {
    expect(await createWorld(machine, { hold: never }).workflow.wake('nonsense', stepOf('g1'))).toBe(false);
  });

  it('ends the execution where the callback brings no object and a catch would add to it', async () => {
    const fails = { ErrorEquals: ['States.ALL'], ResultPath: '$.failed', Next: 'Record' };
    const world = createWorld(
      { Hold: callback({ Next: 'Work' }), Work: task({ Catch: [fails] }), Record: record },
      { hold: () => undefined, work: () => Promise.reject(named('Broken')) },
    );
    await world.start();
    await world.workflow.wake(world.tokens[0] as string, 'nonsense' as never);
    await world.clock.advance(0);
    expect(world.failures[0]?.error.name).toBe('States.ResultPathMatchFailure');
  });
});

describe('a Wait', () => {
  it('waits its seconds, and hands on what it got', async () => {
    const world = createWorld({ Pause: { Type: 'Wait', Seconds: 900, Next: 'Record' }, Record: record });
    await world.start();
    await world.clock.advance(899.999);
    expect(world.visited).toEqual(['0 Pause']);
    await world.clock.advance(0.001);
    expect(world.payloads['record']).toEqual([{ step: stepOf('g1') }]);
  });
});
