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

  it('that go from task to task leave the event loop its turns', async () => {
    let turns = 0;
    const count = () => void setImmediate(() => (turns += 1));
    const circle = task({ ResultPath: null, OutputPath: '$', Next: 'Work' });
    const world = createWorld({ Work: circle }, { work: count });
    await world.start();
    expect(world.failures).toHaveLength(1);
    expect(turns).toBe(world.calls.length);
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
});
