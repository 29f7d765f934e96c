/** The real clock: never early, never lost in Node's timers, ended by an abort. Long waits run on faked timers. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createClock } from '../../local/clock.ts';

const day = 86_400_000;
const run = promisify(execFile);
const clockFile = new URL('../../local/clock.ts', import.meta.url).href;

describe('the real clock', () => {
  it('tells the time of the machine', () => {
    const before = Date.now();
    const now = createClock().now();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });

  it('never wakes anybody early', async () => {
    const clock = createClock();
    const waits = Array.from({ length: 200 }, async (_, at) => {
      const until = clock.now() + at / 2 + 0.3;
      await clock.sleepUntil(until);
      return clock.now() - until;
    });
    for (const late of await Promise.all(waits)) expect(late).toBeGreaterThanOrEqual(0);
  });

  it('does not wait for a time that has passed, nor on a signal that is aborted', async () => {
    const clock = createClock();
    await clock.sleepUntil(clock.now());
    await clock.sleepUntil(-1);
    await clock.sleepUntil(clock.now() + day, AbortSignal.abort());
  });

  it('refuses a time that is no number', () => {
    expect(() => createClock().sleepUntil(Number.NaN)).toThrow(RangeError);
  });

  it('keeps a process alive for a short wait, and not for one of days', async () => {
    const script = (ms: number) =>
      `import { createClock } from '${clockFile}';
       const clock = createClock();
       process.on('exit', () => console.log('left'));
       clock.sleepUntil(clock.now() + ${ms}).then(() => console.log('woken'));`;
    const play = async (ms: number) =>
      (await run(process.execPath, ['--input-type=module', '-e', script(ms)])).stdout
        .split('\n')
        .filter(Boolean);
    expect(await play(50)).toEqual(['woken', 'left']);
    expect(await play(30 * day)).toEqual(['left']);
  });
});

describe('the real clock, on timers that a test moves', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  async function sleeping(ms: number, signal?: AbortSignal) {
    const clock = createClock();
    const state = { woken: false };
    void clock.sleepUntil(clock.now() + ms, signal).then(() => (state.woken = true));
    await vi.advanceTimersByTimeAsync(0);
    return state;
  }

  it('wakes after 30 days to the millisecond, which Node itself would call at once', async () => {
    const state = await sleeping(30 * day);
    await vi.advanceTimersByTimeAsync(30 * day - 1);
    expect(state.woken).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(state.woken).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('goes on waiting when its timer fires before the time', async () => {
    const state = await sleeping(1000);
    vi.setSystemTime(Date.now() - 3);
    await vi.advanceTimersByTimeAsync(1000);
    expect(state.woken).toBe(false);
    await vi.advanceTimersByTimeAsync(3);
    expect(state.woken).toBe(true);
  });

  it('wakes within a minute of a clock that was put forward, as after a laptop slept', async () => {
    const state = await sleeping(day);
    vi.setSystemTime(Date.now() + 2 * day);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(state.woken).toBe(true);
  });

  it('wakes at once on an abort, and leaves no timer behind', async () => {
    const controller = new AbortController();
    const state = await sleeping(30 * day, controller.signal);
    await vi.advanceTimersByTimeAsync(day);
    controller.abort();
    await vi.advanceTimersByTimeAsync(0);
    expect(state.woken).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});
