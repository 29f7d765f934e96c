/** The contract suite can fail: it passes an honest connector, and catches each of those that are broken on purpose. */
import { describe, expect, test } from 'vitest';
import { contractCases, describeConnectorContract } from './contract.ts';
import { fakeSubject, faults } from './fake-connector.ts';
import type { Fault } from './fake-connector.ts';

const modes = ['account', 'membership'] as const;

for (const mode of modes)
  describeConnectorContract(`an honest fake (${mode})`, async () => fakeSubject(mode));

describe('the connector contract catches', () => {
  test.each(Object.entries(faults) as [Fault, string][])('%s: %s', async (fault) => {
    const caught: string[] = [];
    for (const mode of modes)
      for (const one of contractCases) {
        const subject = fakeSubject(mode, fault);
        if (one.applies?.(subject) === false) continue;
        const broken = await one.run(subject).then(() => false, () => true); // biome-ignore format: one thought
        if (broken) caught.push(`${mode}: ${one.name}`);
      }
    expect(caught).not.toEqual([]);
  });

  test('nothing in an honest connector', async () => {
    for (const mode of modes)
      for (const one of contractCases) {
        const subject = fakeSubject(mode);
        if (one.applies?.(subject) !== false) await one.run(subject);
      }
  });
});
