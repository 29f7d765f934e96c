/**
 * Calls that break off between any two requests, and requests that land after everybody has given up: what is left is of no use
 * to anybody or ends by itself, and the next revoke leaves nothing.
 */
import { GetRolePolicyCommand } from '@aws-sdk/client-iam';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Receipt } from '../../shared/model/grant.ts';
import { type AwsSubject, awsSubject } from '../support/aws-subject.ts';
import { describeOnEmulator } from '../support/emulator.ts';
import type { Fault } from '../support/fault-proxy.ts';

let subject: AwsSubject;
const writes = /^(Add|Attach|Create|Delete|Detach|Put|Remove|Update)/;
const fromThe = (first: number) => Array.from({ length: 40 }, (_, i) => first + i);

const prepare = (permission: string) =>
  subject.connector.prepare(subject.call(), subject.intent({ permission }));
const failed = (work: Promise<unknown>) => work.then(() => false, () => true); // biome-ignore format: one thought
const revoke = (receipt: Receipt) => subject.connector.revoke(subject.call(), receipt);

/** From the n-th change on nothing gets through; of that one, maybe its effect. */
function breakOff(n: number, last: Fault['kind']): void {
  const nothing = { kind: 'request lost' } as const;
  const atLast = last === 'answer lost' ? ({ kind: 'answer lost' } as const) : nothing;
  // The SDK tries three times: only the first of these lands.
  subject.proxy?.rules([
    { action: writes, nth: [n], fault: atLast },
    { action: writes, nth: fromThe(n + 1), fault: nothing },
  ]);
}

async function absent(receipt: Receipt): Promise<void> {
  await subject.settle?.();
  expect(await subject.connector.inspect(subject.call(), receipt)).toMatchObject({ present: false });
  expect(await subject.canUse(receipt)).toBe(false);
}

async function endOf({ names }: Receipt): Promise<string> {
  const asked = new GetRolePolicyCommand({ RoleName: names['role'], PolicyName: 'curfew' });
  return decodeURIComponent((await subject.account.root.send(asked)).PolicyDocument ?? '');
}

describeOnEmulator('aws-iam, broken off,', () => {
  beforeAll(async () => {
    subject = await awsSubject('role', []);
  });
  afterEach(async () => {
    subject.proxy?.rules([]);
    await subject.reset();
  });
  afterAll(() => subject.close());

  describe.each(['request lost', 'answer lost'] as const)('with its %s', (last) => {
    // Role, end, policy, trust.
    test.each([1, 2, 3, 4])('a grant at its change %i gives nothing that does not end', async (n) => {
      const receipt = await prepare('s3-read');
      breakOff(n, last);
      expect(await failed(subject.connector.grant(subject.call(), receipt, subject.end()))).toBe(true);
      const usable = await subject.canUse(receipt);
      expect(usable).toBe(n === 4 && last === 'answer lost');
      if (usable) expect(await endOf(receipt)).toContain('CurfewEnd');
      subject.proxy?.rules([]);
      await revoke(receipt);
      await absent(receipt);
    });

    // Cut, policy, end, role.
    test.each([1, 2, 3, 4])('a revoke at its change %i is finished by the next', async (n) => {
      const receipt = await prepare('s3-read');
      await subject.connector.grant(subject.call(), receipt, subject.end());
      breakOff(n, last);
      expect(await failed(revoke(receipt))).toBe(true);
      expect(await subject.canUse(receipt)).toBe(n === 1 && last === 'request lost');
      subject.proxy?.rules([]);
      await revoke(receipt);
      await absent(receipt);
    });
  });

  test.each([
    ['CreateRole', 's3-read'],
    ['PutRolePolicy', 's3-read'],
    ['AttachRolePolicy', 's3-read'],
    ['UpdateAssumeRolePolicy', 's3-read'],
    ['AddUserToGroup', 'oncall'],
  ])('a %s that lands after the revoke is found by the next', async (action, permission) => {
    const receipt = await prepare(permission);
    subject.proxy?.rules([{ action: new RegExp(`^${action}$`), fault: { kind: 'late', ms: 900 } }]);
    const signal = AbortSignal.timeout(400);
    const granting = subject.connector.grant(subject.call({ signal }), receipt, subject.end());
    await expect(granting).rejects.toMatchObject({ retryable: true });
    await revoke(receipt);
    await sleep(1_200);
    // Only a membership could be used by then: a role is nothing without all of its parts.
    expect(await subject.canUse(receipt)).toBe(permission === 'oncall');
    await revoke(receipt);
    await absent(receipt);
  });

  test('a membership that was just taken away is given again, though it is still read as there', async () => {
    const first = await prepare('oncall');
    await subject.connector.grant(subject.call(), first, subject.end());
    await subject.settle?.();
    expect(await subject.connector.inspect(subject.call(), first)).toMatchObject({ present: true });
    subject.proxy?.rules([{ fault: { kind: 'stale', seconds: 14 } }]);
    await revoke(first);
    expect(await subject.canUse(first)).toBe(false);
    await subject.connector.grant(subject.call(), first, subject.end());
    expect(await subject.canUse(first)).toBe(true);
  });

  test('an extension that lands after the revoke brings nothing back', async () => {
    const receipt = await prepare('read');
    await subject.connector.grant(subject.call(), receipt, subject.end());
    await subject.settle?.();
    subject.proxy?.rules([{ action: /^PutRolePolicy$/, fault: { kind: 'late', ms: 900 } }]);
    const extending = subject.connector.extend(subject.call(), receipt, subject.end(7200));
    const outcome = failed(extending);
    await sleep(200);
    await revoke(receipt);
    expect(await outcome).toBe(true);
    await absent(receipt);
  });
});
