/** Sessions of the connector roles: whose, how long they are used, and what becomes of those that are no longer good. */
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { beforeEach, expect, test } from 'vitest';
import {
  account,
  aReceipt,
  aRole,
  end,
  iam,
  integration,
  refusal,
  rig,
  type Rig,
  session,
  sts,
} from './aws.ts';

let at: Rig;
beforeEach(() => {
  at = rig();
  iam.on(GetRoleCommand).resolves(aRole());
});

const opened = () => sts.commandCalls(AssumeRoleCommand).map(({ args }) => args[0].input);
const inspect = (over = {}) => at.connector.inspect(at.call(over), aReceipt());
const readerArn = `arn:aws:iam::${account}:role/curfew/connector/local-reader`;

test('are opened with the external id of the integration, in its region', async () => {
  await inspect();
  expect(opened()).toEqual([
    {
      RoleArn: readerArn,
      RoleSessionName: 'curfew-local',
      ExternalId: 'curfew-local-0123456789',
      DurationSeconds: 3600,
    },
  ]);
  expect(await sts.commandCalls(AssumeRoleCommand)[0]?.thisValue.config.region()).toBe('eu-central-1');
});

test('are used again until five minutes before their end, by calls at the same time too', async () => {
  await Promise.all([inspect(), inspect(), inspect()]);
  expect(opened()).toHaveLength(1);
  at.pass(54 * 60);
  await inspect();
  expect(opened()).toHaveLength(1);
  at.pass(2 * 60);
  await inspect();
  expect(opened()).toHaveLength(2);
});

test('are kept apart by integration', async () => {
  await inspect();
  const target = { ...integration.target, externalId: 'another-external-id' };
  await inspect({ integration: { ...integration, target } });
  expect(opened().map(({ ExternalId }) => ExternalId)).toEqual([
    'curfew-local-0123456789',
    'another-external-id',
  ]);
});

test('of a duty are opened only for that duty', async () => {
  await at.connector.revoke(at.call(), aReceipt());
  expect(opened().map(({ RoleArn }) => RoleArn?.split('-').at(-1))).toEqual(['reader', 'revoker']);
});

test('that are no longer good are opened anew by the next call', async () => {
  await inspect();
  iam.on(GetRoleCommand).rejects(refusal('ExpiredToken', 403));
  await expect(inspect()).rejects.toMatchObject({ code: 'TargetUnavailable', retryable: true });
  iam.on(GetRoleCommand).resolves(aRole());
  await inspect();
  expect(opened()).toHaveLength(2);
});

test('that a role refuses are no fault of the network: it says what may be wrong', async () => {
  sts.on(AssumeRoleCommand).rejects(refusal('AccessDenied', 403));
  await expect(at.connector.grant(at.call(), aReceipt(), end)).rejects.toMatchObject({
    code: 'TargetRefused',
    message: expect.stringMatching(
      /local-granter does not let Curfew in: .*external id.*Deploy the target stack/,
    ),
    details: { mayLand: false },
  });
});

test('that could not be opened are tried again by the next call', async () => {
  sts.on(AssumeRoleCommand).rejects(refusal('Throttling', 400));
  await expect(inspect()).rejects.toMatchObject({ code: 'Throttled' });
  sts.on(AssumeRoleCommand).rejects(Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }));
  await expect(inspect()).rejects.toMatchObject({ code: 'TargetUnavailable' });
  sts.on(AssumeRoleCommand).resolves({ Credentials: session(Date.parse('2026-12-01T12:00:00Z')) });
  expect(await inspect()).toMatchObject({ present: true });
});
