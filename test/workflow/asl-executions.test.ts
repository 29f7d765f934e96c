/** What becomes of executions: names, failures, circles, many at once, and the end of the process. */
import { describe, expect, it } from 'vitest';
import { callback, createWorld, named, record, stepOf, task } from './asl-world.ts';

const never = () => new Promise(() => {});

describe('executions', () => {
  it('of a name that lives or has ended are not started again', async () => {
    const world = createWorld({
      Work: task({ Next: 'Pause' }),
      Pause: { Type: 'Wait', Seconds: 5, End: true },
    });
    await world.start('g1');
    await world.start('g1');
    expect(world.workflow.running()).toEqual(['g1']);
    await world.clock.advance(5);
    expect(world.workflow.running()).toEqual([]);
    await world.start('g1', { status: 'active' });
    expect(world.calls).toEqual(['0 work']);
  });

  it('are remembered by name until ten thousand others have ended', async () => {
    const world = createWorld({ Work: task() });
    const play = async (from: number, to: number) => {
      for (let at = from; at < to; at++) await world.workflow.start(`g${at}`, stepOf(`g${at}`));
      await world.clock.advance(0);
    };
    await play(0, 10_000);
    await world.start('g0');
    expect(world.calls).toHaveLength(10_000);
    await play(10_000, 10_001);
    await world.start('g0');
    expect(world.calls).toHaveLength(10_002);
  });

  it('begin with their input as it was when they were started', async () => {
    const world = createWorld({ Pause: { Type: 'Wait', Seconds: 5, Next: 'Record' }, Record: record });
    const input = stepOf('g1');
    await world.workflow.start('g1', input);
    input.status = 'revoked';
    await world.clock.advance(5);
    expect(world.payloads['record']).toEqual([{ step: stepOf('g1') }]);
  });

  it('are told apart by name, also for one grant', async () => {
    const world = createWorld(
      { Hold: callback({ Next: 'Record' }), Record: record },
      { hold: () => undefined },
    );
    await world.start('g1');
    await world.start('g1-r1', { grantId: 'g1' });
    expect(world.workflow.running()).toEqual(['g1', 'g1-r1']);
    expect([world.workflow.stateOf('g1'), world.workflow.stateOf('nobody')]).toEqual(['Hold', undefined]);
    await world.workflow.wake(world.tokens[1] as string, stepOf('g1'));
    await world.clock.advance(0);
    expect(world.workflow.running()).toEqual(['g1']);
  });

  it('say which grant they were about when nothing catches an error, with the error itself', async () => {
    const cause = named('Broken');
    const world = createWorld({ Work: task() }, { work: () => Promise.reject(cause) });
    await world.start('g1-r2', { grantId: 'g1' });
    expect(world.failures).toMatchObject([
      { name: 'g1-r2', grantId: 'g1', error: { name: 'Broken', cause } },
    ]);
    expect(world.workflow.running()).toEqual([]);
  });

  it('that go round in circles without waiting end as on AWS, when their history is full', async () => {
    const round = { Type: 'Choice', Choices: [{ Variable: '$.grantId', IsPresent: true, Next: 'Again' }] };
    const again = { ...round, Choices: [{ ...round.Choices[0], Next: 'Round' }] };
    const world = createWorld({ Round: round, Again: again });
    await world.start();
    expect(world.failures).toMatchObject([{ error: { name: 'States.Runtime', message: /25000/ } }]);
  });

  it('that go from task to task leave the event loop its turns, and end like that as well', async () => {
    let [turns, furthestAhead] = [0, 0];
    const work = (_payload: unknown, call: number) => {
      furthestAhead = Math.max(furthestAhead, call - turns);
      setImmediate(() => (turns += 1));
    };
    const world = createWorld({ Work: task({ ResultPath: null, OutputPath: '$', Next: 'Work' }) }, { work });
    await world.start();
    expect(world.failures).toMatchObject([{ error: { message: /25000/ } }]);
    expect(world.calls).toHaveLength(4999);
    expect(furthestAhead).toBeLessThan(5);
  });

  it('are cheap: ten thousand are held, and all end on their second', async () => {
    const caught = { ErrorEquals: ['States.Timeout'], ResultPath: '$.expired', Next: 'Record' };
    const held = {
      TimeoutSeconds: undefined,
      TimeoutSecondsPath: '$.waitSeconds',
      Catch: [caught],
      Next: 'Record',
    };
    const world = createWorld({ Hold: callback(held), Record: record }, { hold: () => undefined });
    const started = Array.from({ length: 10_000 }, (_, at) =>
      world.workflow.start(`g${at}`, { ...stepOf(`g${at}`), waitSeconds: 1 + (at % 100) }),
    );
    await Promise.all(started);
    await world.clock.advance(0);
    expect(world.workflow.running()).toHaveLength(10_000);
    await world.clock.advance(100);
    expect(world.workflow.running()).toEqual([]);
    const seconds = world.visited
      .filter((line) => line.endsWith('Record'))
      .map((line) => Number.parseInt(line, 10));
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
    expect(seconds.filter((second) => second === 1)).toHaveLength(100);
  });
});

describe('stop', () => {
  it('forgets every execution, ends every timer, voids every token, and starts nothing more', async () => {
    const states = { Hold: callback({ Next: 'Pause' }), Pause: { Type: 'Wait', Seconds: 900, End: true } };
    const world = createWorld(states, { hold: () => undefined });
    await world.start('held');
    await world.start('paused');
    await world.workflow.wake(world.tokens[1] as string, stepOf('paused'));
    await world.clock.advance(1);
    await world.workflow.stop();
    expect([world.workflow.running(), world.clock.pending()]).toEqual([[], 0]);
    expect(await world.workflow.wake(world.tokens[0] as string, stepOf('held'))).toBe(false);
    await expect(world.start('more')).rejects.toMatchObject({ code: 'Unavailable' });
    await world.clock.advance(2000);
    expect(world.visited).toEqual(['0 Hold', '0 Hold', '0 Pause']);
    expect(world.failures).toEqual([]);
  });

  it('waits for a function that is under way, and what it answers leads nowhere', async () => {
    let written = false;
    const slow = async () => {
      await world.clock.sleepUntil(world.clock.now() + 2000);
      written = true;
    };
    const world = createWorld({ Work: task({ Next: 'Record' }), Record: record }, { work: slow });
    await world.start();
    const stopping = world.workflow.stop();
    await world.clock.advance(2);
    await stopping;
    expect(written).toBe(true);
    expect(world.visited).toEqual(['0 Work']);
  });

  it('waits no longer than it was told to', async () => {
    const world = createWorld({ Work: task() }, { work: never });
    await world.start();
    await world.workflow.stop({ withinSeconds: 0 });
    expect(world.workflow.running()).toEqual([]);
  });

  it('between a failed try and the next one keeps the next one from coming', async () => {
    const retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 10 }];
    const world = createWorld(
      { Work: task({ Retry: retry }) },
      { work: () => Promise.reject(named('Broken')) },
    );
    await world.start();
    await world.clock.advance(5);
    await world.workflow.stop();
    await world.clock.advance(100);
    expect(world.calls).toEqual(['0 work']);
    expect(world.failures).toEqual([]);
  });

  it('right after a start keeps its function from being called', async () => {
    const world = createWorld({ Work: task() });
    const started = world.workflow.start('g1', stepOf('g1'));
    await world.workflow.stop();
    await started;
    await world.clock.advance(100);
    expect(world.calls).toEqual([]);
  });

  it.each(['with a retry', 'without'])(
    'at the very moment a try fails leaves no timer and no failure: %s',
    async (kind) => {
      const retry = kind === 'without' ? [] : [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 10 }];
      const stopping: Promise<void>[] = [];
      const world = createWorld(
        { Work: task({ Retry: retry }) },
        { work: () => Promise.reject(named('Broken')) },
        { onError: () => stopping.push(world.workflow.stop()) },
      );
      await world.start();
      await Promise.all(stopping);
      expect([stopping.length, world.clock.pending(), world.failures]).toEqual([1, 0, []]);
    },
  );
});
