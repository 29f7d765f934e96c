/** Contract cases: calls that are stopped, late, many at once, or carry names that mean harm. */
import { expect } from 'vitest';
import type { Intent } from '../../shared/connectors/contract.ts';
import type { Receipt } from '../../shared/model/grant.ts';
import type { Case, Subject } from './contract.ts';
import { absent, granted, prepared, rejection, revoked } from './contract-steps.ts';

export const roughCases: Case[] = [
  {
    name: 'does nothing when the call is stopped before it began',
    async run(subject) {
      const receipt = await prepared(subject);
      const stopped = subject.call({ signal: AbortSignal.abort() });
      const error = await rejection(subject.connector.grant(stopped, receipt, subject.end()));
      expect(error.retryable).toBe(true);
      expect(error.details.mayLand).toBe(false);
      await absent(subject, receipt);
    },
  },
  {
    name: 'does nothing when the time of the call is over',
    async run(subject) {
      const receipt = await prepared(subject);
      const late = subject.call({ deadlineMs: 1 });
      const error = await rejection(subject.connector.grant(late, receipt, subject.end()));
      expect(error.retryable).toBe(true);
      expect(error.details.mayLand).toBe(false);
      await absent(subject, receipt);
    },
  },
  {
    name: 'ends what a stopped grant may have made',
    async run(subject) {
      for (const delay of [0, 1, 2, 4]) {
        const receipt = await prepared(subject);
        const stop = new AbortController();
        const call = subject.call({ signal: stop.signal });
        const outcome = subject.connector.grant(call, receipt, subject.end());
        setTimeout(() => stop.abort(), delay);
        await outcome.catch((error: unknown) => expect(error).toMatchObject({ retryable: true }));
        await subject.landed?.();
        await retried(() => subject.connector.revoke(subject.call(), receipt));
        await absent(subject, receipt);
      }
    },
  },
  {
    name: 'ends it although the first revoke was stopped',
    async run(subject) {
      for (const delay of [0, 1, 3, 6]) {
        const receipt = await granted(subject);
        const stop = new AbortController();
        const outcome = subject.connector.revoke(subject.call({ signal: stop.signal }), receipt);
        setTimeout(() => stop.abort(), delay);
        await outcome.catch((error: unknown) => expect(error).toMatchObject({ retryable: true }));
        await subject.landed?.();
        await retried(() => subject.connector.revoke(subject.call(), receipt));
        await absent(subject, receipt);
      }
    },
  },
  {
    name: 'keeps ten at once apart',
    async run(subject) {
      const receipts = await Promise.all(Array.from({ length: 10 }, () => retried(() => granted(subject))));
      for (const receipt of receipts) expect(await subject.canUse(receipt)).toBe(true);
      const [kept, ...ended] = receipts as [Receipt, ...Receipt[]];
      await Promise.all(
        ended.map((receipt) => retried(() => subject.connector.revoke(subject.call(), receipt))),
      );
      for (const receipt of ended) await absent(subject, receipt);
      expect(await subject.canUse(kept)).toBe(!kept.shared);
    },
  },
  {
    name: 'takes hostile names for names, or refuses them before anything is touched',
    async run(subject) {
      const intents = await subject.hostile();
      expect(intents.length).toBeGreaterThan(2);
      for (const intent of intents) {
        const receipt = await hostileReceipt(subject, intent);
        if (!receipt) continue;
        await subject.connector.grant(subject.call(), receipt, subject.end());
        expect(await subject.canUse(receipt)).toBe(true);
        await subject.settle?.();
        await subject.connector.extend(subject.call(), receipt, subject.end());
        await subject.connector.credentials(subject.call(), receipt, subject.end());
        await revoked(subject, receipt, true);
        await absent(subject, receipt);
      }
    },
  },
];

async function hostileReceipt(subject: Subject, intent: Intent): Promise<Receipt | undefined> {
  try {
    return await subject.connector.prepare(subject.call(), intent);
  } catch (error) {
    expect(error).toMatchObject({ code: 'TargetRefused' });
    return undefined;
  }
}

/** As the workflow does: what says that it may be retried is retried. */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 10 || (error as { retryable?: boolean }).retryable !== true) throw error;
    }
  }
}
