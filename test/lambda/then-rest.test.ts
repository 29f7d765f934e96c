/** What a function holds at its targets is given back after each call, whatever came of it. */
import { expect, test } from 'vitest';
import type { Connector } from '../../shared/connectors/contract.ts';
import { thenRest } from '../../shared/lambda/then-rest.ts';

function resting(rest: () => Promise<void>) {
  return { connectors: { postgresql: { rest } as Connector, 'aws-iam': {} as Connector } };
}

test('after the answer, and before it is given', async () => {
  const order: string[] = [];
  const ports = resting(async () => void order.push('rest'));
  const run = thenRest(ports, async (word: string) => (order.push(word), word));
  expect(await run('done')).toBe('done');
  expect(order).toEqual(['done', 'rest']);
});

test('after a failure, which stays what it was', async () => {
  let rested = 0;
  const run = thenRest(
    resting(async () => void rested++),
    () => Promise.reject(new Error('first')),
  );
  await expect(run()).rejects.toThrow('first');
  expect(rested).toBe(1);
});

test('a target that does not say goodbye, or fails at it, holds up nobody', async () => {
  const never = thenRest(
    resting(() => new Promise(() => undefined)),
    async () => 1,
  );
  expect(await never()).toBe(1);
  const fails = thenRest(
    resting(() => Promise.reject(new Error('gone'))),
    async () => 2,
  );
  expect(await fails()).toBe(2);
});
