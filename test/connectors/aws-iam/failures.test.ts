/** When AWS refuses, is silent or is late: the words of the error catalogue, and whether a call may still have an effect. */
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, test } from 'vitest';
import { account, aReceipt, changes, end, iam, refusal, rig, type Rig, roleArn, sts } from './aws.ts';

let at: Rig;
beforeEach(() => void (at = rig()));

const grant = (receipt = aReceipt()) => at.connector.grant(at.call(), receipt, end);

describe('what AWS says, in words of the catalogue', () => {
  test.each([
    ['Throttling', 400, 'Throttled', false],
    ['RequestLimitExceeded', 503, 'Throttled', undefined],
    ['ConcurrentModification', 409, 'Conflict', false],
    ['EntityTemporarilyUnmodifiable', 409, 'Conflict', false],
    ['ServiceFailure', 500, 'TargetUnavailable', undefined],
    ['AccessDenied', 403, 'TargetRefused', false],
    ['LimitExceededException', 409, 'TargetRefused', false],
    ['InvalidClientTokenId', 403, 'TargetUnavailable', false],
  ])('%s is %s', async (name, status, code, mayLand) => {
    iam.on(CreateRoleCommand).rejects(refusal(name, status));
    const error = await grant().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code });
    expect((error as { details: { mayLand?: boolean } }).details.mayLand).toBe(mayLand);
  });

  test('an answer that was lost may have had its effect', async () => {
    iam.on(CreateRoleCommand).rejects(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
    const error = await grant().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'TargetUnavailable' });
    expect(error).not.toMatchObject({ details: { mayLand: false } });
    iam.on(CreateRoleCommand).rejects(refusal('Throttling', 400, 'Rate exceeded', 3));
    expect(await grant().catch((thrown: unknown) => thrown)).not.toMatchObject({
      details: { mayLand: false },
    });
  });

  test('the right that is missing is named, and whose it is', async () => {
    const message = `User: arn:aws:sts::${account}:assumed-role/local-granter/curfew-local is not authorized to perform: iam:CreateRole on resource: ${roleArn} because no identity-based policy allows the iam:CreateRole action`; // biome-ignore format: one line
    iam.on(CreateRoleCommand).rejects(refusal('AccessDenied', 403, message));
    await expect(grant()).rejects.toThrow(
      `arn:aws:iam::${account}:role/curfew/connector/local-granter may not do iam:CreateRole on ${roleArn}`,
    );
  });

  test('a fault of our own is not dressed up as one of AWS', async () => {
    iam.on(CreateRoleCommand).rejects(new TypeError('x is not a function'));
    await expect(grant()).rejects.toThrow(TypeError);
  });
});

describe('time', () => {
  test('nothing is begun when the call is stopped or over', async () => {
    const stopped = at.call({ signal: AbortSignal.abort() });
    const late = at.call({ deadlineMs: 1 });
    for (const call of [stopped, late])
      await expect(at.connector.grant(call, aReceipt(), end)).rejects.toMatchObject({ code: 'TargetUnavailable', details: { mayLand: false } }); // biome-ignore format: one line
    expect(iam.calls()).toEqual([]);
  });

  test('nothing is sent that could land after the deadline', async () => {
    iam.on(CreateRoleCommand).callsFake(async () => at.pass(19.5));
    const error = await grant().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'TargetUnavailable' });
    expect(error).not.toMatchObject({ details: { mayLand: false } });
    expect(changes()).toEqual(['CreateRole']);
  });

  test('a call that is stopped while a session is opened no longer waits', async () => {
    const stop = new AbortController();
    sts.on(AssumeRoleCommand).callsFake(() => new Promise(() => undefined));
    const granting = at.connector.grant(at.call({ signal: stop.signal }), aReceipt(), end);
    setTimeout(() => stop.abort(), 5);
    await expect(granting).rejects.toMatchObject({ code: 'TargetUnavailable', details: { mayLand: false } });
  });
});
