/** Contract cases: what is on offer, preparing, granting, extending, credentials. */
import { expect } from 'vitest';
import { Receipt } from '../../shared/model/grant.ts';
import type { Case } from './contract.ts';
import { absent, granted, prepared, rejection } from './contract-steps.ts';

export const grantingCases: Case[] = [
  {
    name: 'offers what it can grant, each once',
    async run({ connector, call, intent }) {
      const offers = connector.catalog(call().integration);
      const asked = intent();
      expect(offers).toContainEqual(
        expect.objectContaining({ resource: asked.resource, permission: asked.permission }),
      );
      const ids = offers.map((offer) => `${offer.resource}/${offer.permission}`);
      expect(new Set(ids).size).toBe(ids.length);
    },
  },
  {
    name: 'reads its own configuration and refuses another',
    async run({ connector, call }) {
      expect(connector.target.safeParse(call().integration.target).success).toBe(true);
      expect(connector.target.safeParse({ surprise: 1 }).success).toBe(false);
    },
  },
  {
    name: 'prepares without touching anything',
    async run(subject) {
      const receipt = await prepared(subject);
      expect(Receipt.parse(receipt)).toEqual(receipt);
      await absent(subject, receipt);
    },
  },
  {
    name: 'refuses to prepare what is not on offer',
    async run({ connector, call, intent }) {
      for (const over of [{ permission: 'no-such' }, { resource: 'no-such' }, { resource: '__proto__' }]) {
        const error = await rejection(connector.prepare(call(), intent(over)));
        expect(error.code).toBe('TargetRefused');
      }
    },
  },
  {
    name: 'names an artefact that another grant never shares, or always',
    async run(subject) {
      const [one, other] = [await prepared(subject), await prepared(subject)];
      expect(one.shared).toBe(other.shared);
      expect(one.artefact === other.artefact).toBe(one.shared);
    },
  },
  {
    name: 'marks what is its own with the installation',
    applies: ({ giveStanding }) => giveStanding === undefined,
    async run({ connector, call, intent }) {
      const asked = intent();
      const receipt = await connector.prepare(call(), asked);
      expect(receipt.artefact).toContain(call().installation);
      expect(receipt.artefact).toContain(asked.grantId);
    },
  },
  {
    name: 'grants access that works, and says so',
    async run(subject) {
      const receipt = await granted(subject);
      expect(await subject.canUse(receipt)).toBe(true);
      const reading = await subject.connector.inspect(subject.call(), receipt);
      expect(reading.present).toBe(true);
      expect(reading.heldBy).toEqual([]);
      expect(JSON.parse(JSON.stringify(reading))).toEqual(reading);
    },
  },
  {
    name: 'grants the same once, however often it is asked',
    async run(subject) {
      const receipt = await granted(subject);
      await subject.connector.grant(subject.call(), receipt, subject.end());
      await subject.connector.grant(subject.call(), receipt, subject.end());
      expect(await subject.canUse(receipt)).toBe(true);
      await subject.connector.revoke(subject.call(), receipt);
      await absent(subject, receipt);
    },
  },
  {
    name: 'lets the target end it at its end',
    applies: (subject) => subject.endsByItself,
    async run(subject) {
      const receipt = await prepared(subject);
      await subject.connector.grant(subject.call(), receipt, subject.end(-5));
      expect(await subject.canUse(receipt)).toBe(false);
      await subject.settle?.();
      await subject.connector.extend(subject.call(), receipt, subject.end());
      expect(await subject.canUse(receipt)).toBe(true);
    },
  },
  {
    name: 'extends what is there, and it goes on working',
    async run(subject) {
      const receipt = await granted(subject);
      await subject.connector.extend(subject.call(), receipt, subject.end(7200));
      expect(await subject.canUse(receipt)).toBe(true);
    },
  },
  {
    name: 'never makes anything by extending',
    async run(subject) {
      const receipt = await prepared(subject);
      const before = await rejection(subject.connector.extend(subject.call(), receipt, subject.end()));
      expect(before.code).toBe('TargetRefused');
      await absent(subject, receipt);
      await subject.connector.grant(subject.call(), receipt, subject.end());
      await subject.connector.revoke(subject.call(), receipt);
      const after = await rejection(subject.connector.extend(subject.call(), receipt, subject.end()));
      expect(after.code).toBe('TargetRefused');
      await absent(subject, receipt);
    },
  },
  {
    name: 'gives a fresh secret each time, and the one before is good no longer',
    async run(subject) {
      const receipt = await granted(subject);
      const first = await subject.connector.credentials(subject.call(), receipt, subject.end());
      if (!first) return expect(receipt.shared).toBe(true);
      if (subject.ownSecrets) return expect(await subject.opens(first)).toBe(true);
      expect(await subject.opens(first)).toBe(true);
      const second = await subject.connector.credentials(subject.call(), receipt, subject.end());
      expect(second).not.toEqual(first);
      expect(await subject.opens(second ?? {})).toBe(true);
      expect(await subject.opens(first)).toBe(false);
    },
  },
  {
    name: 'gives no secret for what is not there, and makes nothing',
    async run(subject) {
      const receipt = await prepared(subject);
      if (receipt.shared) return;
      const error = await rejection(subject.connector.credentials(subject.call(), receipt, subject.end()));
      expect(error.code).toBe('TargetRefused');
      await absent(subject, receipt);
    },
  },
  {
    name: 'keeps secrets out of what it reads',
    async run(subject) {
      const receipt = await granted(subject);
      const credentials = await subject.connector.credentials(subject.call(), receipt, subject.end());
      const read = JSON.stringify([receipt, await subject.connector.inspect(subject.call(), receipt)]);
      expect(read).not.toContain(credentials?.['password'] ?? 'a password that nobody has');
    },
  },
  {
    name: 'says what it checked',
    async run({ connector, call }) {
      const checks = await connector.check(call());
      expect(checks.length).toBeGreaterThan(0);
      expect(checks.filter((check) => !check.ok)).toEqual([]);
      for (const check of checks) expect(check.name && check.detail).toBeTruthy();
    },
  },
];
