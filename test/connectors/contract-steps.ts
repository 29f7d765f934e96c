/** Steps that many contract cases have in common. */
import { expect } from 'vitest';
import type { Receipt } from '../../shared/model/grant.ts';
import { CurfewError } from '../../shared/model/errors.ts';
import type { Subject } from './contract.ts';

export async function prepared(subject: Subject): Promise<Receipt> {
  return subject.connector.prepare(subject.call(), subject.intent());
}

export async function granted(subject: Subject): Promise<Receipt> {
  const receipt = await prepared(subject);
  await subject.connector.grant(subject.call(), receipt, subject.end());
  await subject.settle?.();
  return receipt;
}

/** Revokes, and says by the way whether it found anything. */
export async function revoked(subject: Subject, receipt: Receipt, found: boolean): Promise<void> {
  const outcome = await subject.connector.revoke(subject.call(), receipt);
  if (!subject.losesAnswers) expect(outcome).toMatchObject({ found });
}

/** Gone by the connector's own word and by our own eyes. */
export async function absent(subject: Subject, receipt: Receipt): Promise<void> {
  await subject.settle?.();
  const reading = await subject.connector.inspect(subject.call(), receipt);
  expect(reading.present, 'the connector says it is there').toBe(false);
  expect(await subject.canUse(receipt), 'it can still be used').toBe(false);
}

/** The CurfewError that a call must fail with. Any other error breaks the contract. */
export async function rejection(promise: Promise<unknown>): Promise<CurfewError> {
  const error: unknown = await promise.then(
    () => new Error('it did not fail'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CurfewError)) throw error;
  expect(error.message.length).toBeGreaterThan(10);
  return error;
}
