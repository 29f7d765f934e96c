/** Work in lanes: every target its own, a few at a time. */
import { expect, it } from 'vitest';
import { inLanes } from '../../shared/lifecycle/in-lanes.ts';

it('R12 runs groups side by side, and at most eight of a group at once', async () => {
  const inside = { a: 0, b: 0 };
  const most = { a: 0, b: 0 };
  let done = 0;
  const task = (group: 'a' | 'b', n: number) => ({
    id: `${group}${n}`,
    group,
    async run() {
      most[group] = Math.max(most[group], ++inside[group]);
      await new Promise(setImmediate);
      inside[group]--;
      done++;
    },
  });
  await inLanes(Array.from({ length: 60 }, (_, n) => task(n % 3 === 0 ? 'b' : 'a', n)));
  expect(most).toEqual({ a: 8, b: 8 });
  expect(done).toBe(60);
});

it('R12 goes on with one group while another hangs for ever', async () => {
  const seen: string[] = [];
  const hangs = { id: 'x', group: 'hung', run: () => new Promise<void>(() => {}) };
  const works = (n: number) => ({ id: `w${n}`, group: 'well', run: async () => void seen.push(`w${n}`) });
  void inLanes([hangs, ...Array.from({ length: 20 }, (_, n) => works(n))]);
  await new Promise(setImmediate);
  expect(seen).toHaveLength(20);
});
