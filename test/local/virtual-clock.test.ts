/** The virtual clock that other tests rely on: the order in which things happen is what it is for. */
import { describe, expect, it } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts';

const second = 1000;

/** Sleeps that write down their name, at what time. */
function recorder(clock: VirtualClock) {
  const start = clock.now();
  const log: string[] = [];
  const note = (name: string) => log.push(`${(clock.now() - start) / second} ${name}`);
  return { log, note, sleep: (seconds: number) => clock.sleepUntil(start + seconds * second) };
}

describe('the virtual clock', () => {
  it('stands still until it is moved, and then tells exactly that time', async () => {
    const clock = createVirtualClock('2026-01-01T00:00:00.000Z');
    expect(clock.now()).toBe(Date.parse('2026-01-01T00:00:00.000Z'));
    await clock.advance(90);
    expect(clock.now()).toBe(Date.parse('2026-01-01T00:01:30.000Z'));
  });

  it('fires timers in the order of time, those of one time in the order they were set', async () => {
    const clock = createVirtualClock();
    const { log, note, sleep } = recorder(clock);
    for (const [seconds, name] of [
      [3, 'c'],
      [1, 'a'],
      [2, 'b'],
      [1, 'a2'],
      [9, 'never'],
    ] as const) {
      void sleep(seconds).then(() => note(name));
    }
    await clock.advance(3);
    expect(log).toEqual(['1 a', '1 a2', '2 b', '3 c']);
    expect(clock.pending()).toBe(1);
  });

  it('lets all that a timer sets going run before the next one: promises, immediates, new timers', async () => {
    const clock = createVirtualClock();
    const { log, note, sleep } = recorder(clock);
    void sleep(2).then(() => note('second'));
    void (async () => {
      await sleep(1);
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
      note('first, after its work');
      await sleep(1.5);
      note('its own timer');
    })();
    await clock.advance(5);
    expect(log).toEqual(['1 first, after its work', '1.5 its own timer', '2 second']);
  });

  it('runs until something holds, and no further', async () => {
    const clock = createVirtualClock();
    const { log, note, sleep } = recorder(clock);
    for (const seconds of [10, 20, 30]) void sleep(seconds).then(() => note('tick'));
    await clock.runUntil(() => log.length === 2, { withinSeconds: 60 });
    expect(log).toEqual(['10 tick', '20 tick']);
    expect(clock.pending()).toBe(1);
  });

  it('says so when it does not come to hold in time', async () => {
    const clock = createVirtualClock();
    const start = clock.now();
    await expect(clock.runUntil(async () => false, { withinSeconds: 60 })).rejects.toThrow('not within 60 s');
    expect(clock.now()).toBe(start + 60 * second);
  });

  it('wakes at once on an abort, and on a time that has passed', async () => {
    const clock = createVirtualClock();
    const { log, note } = recorder(clock);
    const controller = new AbortController();
    void clock.sleepUntil(clock.now() + second, controller.signal).then(() => note('aborted'));
    await clock.sleepUntil(clock.now());
    controller.abort();
    await clock.advance(0);
    expect(log).toEqual(['0 aborted']);
    expect(clock.pending()).toBe(0);
    await clock.sleepUntil(clock.now() + second, controller.signal);
  });

  it('says so when something polls without waiting', async () => {
    const clock = createVirtualClock();
    let polling = true;
    const poll = () => {
      if (polling) setImmediate(poll);
    };
    poll();
    await expect(clock.advance(1)).rejects.toThrow('never comes to rest');
    polling = false;
  });
});
