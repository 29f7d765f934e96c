/** Contract cases: revoking, and what it must leave alone. */
import { expect } from 'vitest';
import type { Case } from './contract.ts';
import { absent, granted, prepared, revoked } from './contract-steps.ts';

export const endingCases: Case[] = [
  {
    name: 'revokes what it granted, and says that it found it',
    async run(subject) {
      const receipt = await granted(subject);
      await revoked(subject, receipt, true);
      await absent(subject, receipt);
    },
  },
  {
    name: 'revokes again with success, and says that there was nothing',
    async run(subject) {
      const receipt = await granted(subject);
      await subject.connector.revoke(subject.call(), receipt);
      await revoked(subject, receipt, false);
      await absent(subject, receipt);
    },
  },
  {
    name: 'revokes what was never granted with success, and says that there was nothing',
    async run(subject) {
      const receipt = await prepared(subject);
      await revoked(subject, receipt, false);
      await absent(subject, receipt);
    },
  },
  {
    name: 'revokes at once when two revoke together',
    async run(subject) {
      const receipt = await granted(subject);
      const outcomes = await Promise.allSettled([
        subject.connector.revoke(subject.call(), receipt),
        subject.connector.revoke(subject.call(), receipt),
      ]);
      expect(outcomes.some((outcome) => outcome.status === 'fulfilled')).toBe(true);
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ retryable: true });
      await subject.connector.revoke(subject.call(), receipt);
      await absent(subject, receipt);
    },
  },
  {
    name: 'cuts the sessions that are open',
    applies: (subject) => subject.openSession !== undefined,
    async run(subject) {
      const receipt = await granted(subject);
      const session = await subject.openSession?.(receipt);
      expect(await session?.alive()).toBe(true);
      await subject.connector.revoke(subject.call(), receipt);
      expect(await session?.alive()).toBe(false);
    },
  },
  {
    name: 'ends the secrets it gave',
    async run(subject) {
      const receipt = await granted(subject);
      const credentials = await subject.connector.credentials(subject.call(), receipt, subject.end());
      await subject.connector.revoke(subject.call(), receipt);
      if (credentials) expect(await subject.opens(credentials)).toBe(false);
    },
  },
  {
    name: 'leaves the other grant of the same grantee alone',
    async run(subject) {
      const [one, other] = [await granted(subject), await granted(subject)];
      if (one.shared) return;
      await subject.connector.revoke(subject.call(), one);
      await absent(subject, one);
      expect(await subject.canUse(other)).toBe(true);
    },
  },
  {
    name: 'leaves what somebody else gave, and names it',
    applies: (subject) => subject.giveStanding !== undefined,
    async run(subject) {
      const intent = subject.intent();
      await subject.giveStanding?.(intent);
      const receipt = await subject.connector.prepare(subject.call(), intent);
      await subject.connector.grant(subject.call(), receipt, subject.end());
      // Where the target cannot tell the two apart, the receipt says that it stood, and a use case never revokes it.
      if (!receipt.stood) await subject.connector.revoke(subject.call(), receipt);
      expect(await subject.canUse(receipt)).toBe(true);
      await subject.settle?.();
      const reading = await subject.connector.inspect(subject.call(), receipt);
      if (!receipt.stood) expect(reading.heldBy.length).toBeGreaterThan(0);
      expect(reading.present).toBe(receipt.stood);
    },
  },
  {
    name: 'takes away what stands only by an earlier grant of its own, whatever the receipt says',
    applies: (subject) => subject.giveStanding !== undefined,
    async run(subject) {
      await granted(subject);
      const second = await granted(subject);
      await revoked(subject, second, true);
      await absent(subject, second);
    },
  },
  {
    name: 'revokes by the receipt alone, whatever the configuration offers by now',
    async run(subject) {
      const receipt = await granted(subject);
      const { integration } = subject.call();
      const target = { ...integration.target, resources: {} };
      await subject.connector.revoke(subject.call({ integration: { ...integration, target } }), receipt);
      await absent(subject, receipt);
    },
  },
  {
    name: 'can be granted anew after it was revoked',
    async run(subject) {
      const receipt = await granted(subject);
      await subject.connector.revoke(subject.call(), receipt);
      const again = await granted(subject);
      expect(await subject.canUse(again)).toBe(true);
    },
  },
];
