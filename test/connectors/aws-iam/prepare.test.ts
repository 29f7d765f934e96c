/** Preparing a role of a grant: reads only, names everything, and refuses what there is no room for. */
import { GetAccountSummaryCommand, GetPolicyCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import { beforeEach, expect, test } from 'vitest';
import { Receipt } from '../../../shared/model/grant.ts';
import { aReceipt, aRole, anIntent, changes, iam, refusal, rig, type Rig } from './aws.ts';

let at: Rig;
beforeEach(() => void (at = rig()));

const prepare = (over = {}) => at.connector.prepare(at.call(), anIntent(over));
const audit = { resource: 'account', permission: 'audit' };

test('names all that an ending will need, and touches nothing', async () => {
  const receipt = await prepare();
  expect(receipt).toEqual(aReceipt());
  expect(Receipt.parse(receipt)).toEqual(receipt);
  expect(await prepare(audit)).toEqual(
    aReceipt({ managedPolicies: 'arn:aws:iam::aws:policy/SecurityAudit' }),
  );
  expect(changes()).toEqual([]);
});

test.each([
  '*',
  'arn:aws:iam::222233334444:root',
  '222233334444',
  'mia',
  `arn:aws:iam::222233334444:user/mia"},{"AWS":"*`,
])('makes no role that trusts %j', async (login) => {
  await expect(prepare({ login })).rejects.toMatchObject({
    code: 'TargetRefused',
    message: expect.stringMatching(/is not the ARN of one IAM user, role or role session.*correct "logins"/),
  });
});

test('refuses whoever has no login', async () => {
  await expect(prepare({ login: undefined })).rejects.toThrow(/Mia has no login at AWS account/);
});

test('refuses an account that is full, with the limit, the figures and what to do', async () => {
  iam.on(GetAccountSummaryCommand).resolves({ SummaryMap: { Roles: 1000, RolesQuota: 1000 } });
  await expect(prepare()).rejects.toMatchObject({
    code: 'TargetRefused',
    message:
      'Account 222233334444 holds 1000 of 1000 roles (IAM quota RolesQuota): delete roles that nobody uses, or have the quota raised.',
    details: { mayLand: false },
  });
  expect(changes()).toEqual([]);
});

test('refuses more policies than the account allows on one role', async () => {
  iam
    .on(GetAccountSummaryCommand)
    .resolves({ SummaryMap: { Roles: 1, RolesQuota: 1000, AttachedPoliciesPerRoleQuota: 0 } });
  await expect(prepare(audit)).rejects.toThrow(/allows 0 \(IAM quota AttachedPoliciesPerRoleQuota\)/);
});

test('refuses a managed policy that AWS does not have', async () => {
  iam.on(GetPolicyCommand).rejects(refusal('NoSuchEntity', 404));
  await expect(prepare(audit)).rejects.toThrow(
    /has no managed policy arn:aws:iam::aws:policy\/SecurityAudit/,
  );
});

test('refuses a name that is taken', async () => {
  iam.on(GetRoleCommand).resolves(aRole());
  await expect(prepare()).rejects.toThrow(/is there already/);
});
