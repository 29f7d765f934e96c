/** The interpreter's tasks, callbacks and waits. */
import { describe, expect, it } from 'vitest';
import { callback, createWorld, named, record, stepOf, task } from './asl-world.ts';

const day = 86_400;
const never = () => new Promise(() => {});

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

  it('that is caught leaves the input of the execution as it was', async () => {
    const parameters = {
      FunctionName: '${RecordArn}',
      Payload: { 'input.$': '$$.Execution.Input', 'name.$': '$$.Execution.Name' },
    };
    const caught = { ErrorEquals: ['States.ALL'], ResultPath: '$.failed', Next: 'Record' };
    const world = createWorld(
      { Work: task({ Catch: [caught] }), Record: task({ Parameters: parameters }) },
      { work: () => Promise.reject(named('Broken')) },
    );
    await world.start();
    expect(world.payloads['record']).toEqual([{ input: stepOf('g1'), name: 'g1' }]);
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

  it('takes what the callback brings as it is at that moment', async () => {
    const world = createWorld(machine, { hold: () => undefined });
    await world.start();
    const step = stepOf('g1');
    const woken = world.workflow.wake(world.tokens[0] as string, step);
    step.waitSeconds = 99;
    await woken;
    await world.clock.advance(0);
    expect(world.payloads['record']).toMatchObject([{ step: { waitSeconds: 60 } }]);
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
