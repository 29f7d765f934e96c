/** An IAM account at its limits refuses in words that name the limit, and nothing is half-made. */
import * as iam from '@aws-sdk/client-iam';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { boundaryArn } from '../../shared/connectors/aws-iam/names.ts';
import type { CurfewError } from '../../shared/model/errors.ts';
import type { Receipt } from '../../shared/model/grant.ts';
import { type AwsSubject, awsSubject } from '../support/aws-subject.ts';
import { describeOnEmulator } from '../support/emulator.ts';
import type { Fault } from '../support/fault-proxy.ts';

let subject: AwsSubject;

const prepare = (permission: string) =>
  subject.connector.prepare(subject.call(), subject.intent({ permission }));
const grant = (receipt: Receipt) => subject.connector.grant(subject.call(), receipt, subject.end());
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => expect.unreachable('it was not refused'),
    (error: CurfewError) => ({ code: error.code, message: error.message }),
  );

async function grantRoles(): Promise<string[]> {
  const { Roles: roles = [] } = await subject.account.root.send(
    new iam.ListRolesCommand({ PathPrefix: '/curfew/', MaxItems: 1000 }),
  );
  return roles.filter(({ Path }) => Path === '/curfew/').map(({ RoleName }) => RoleName ?? '');
}

async function groupsOfAna(): Promise<number> {
  const { root, ana } = subject.account;
  const { Groups: groups = [] } = await root.send(new iam.ListGroupsForUserCommand({ UserName: ana.name }));
  return groups.length;
}

/** Fills up the account until the quota that it reports itself. */
async function fillRoles(): Promise<string> {
  const { root } = subject.account;
  const { SummaryMap: room = {} } = await root.send(new iam.GetAccountSummaryCommand({}));
  const missing = (room.RolesQuota ?? 0) - (room.Roles ?? 0);
  const AssumeRolePolicyDocument = '{"Version":"2012-10-17","Statement":[]}';
  for (let i = 0; i < missing; i += 25)
    await Promise.all(
      Array.from({ length: Math.min(25, missing - i) }, (_, j) =>
        root.send(new iam.CreateRoleCommand({ RoleName: `full-${i + j}`, AssumeRolePolicyDocument })),
      ),
    );
  return 'full-0';
}

const full: Fault = {
  kind: 'refused',
  status: 409,
  code: 'LimitExceeded',
  message: 'Cannot exceed quota for XPerY: 10.',
};

describeOnEmulator('an IAM account at its limits', () => {
  beforeEach(async () => {
    subject = await awsSubject('role', []);
  });
  afterEach(() => subject.close());

  test('refuses one role too many before anything is made, and takes it when there is room again', async () => {
    const one = await fillRoles();
    const { code, message } = await refusal(prepare('read'));
    expect(code).toBe('TargetRefused');
    expect(message).toMatch(/1000 of 1000 roles \(IAM quota RolesQuota\).*have the quota raised/);
    expect(await grantRoles()).toEqual([]);
    const checks = await subject.connector.check(subject.call());
    expect(checks.find(({ name }) => name === 'room')).toMatchObject({ ok: false });
    await subject.account.root.send(new iam.DeleteRoleCommand({ RoleName: one }));
    await grant(await prepare('read'));
    expect(await grantRoles()).toHaveLength(1);
  });

  test('refuses one group too many before anything is made', async () => {
    const { root, ana } = subject.account;
    for (let i = 0; i < 10; i += 1) {
      await root.send(new iam.CreateGroupCommand({ GroupName: `g${i}` }));
      await root.send(new iam.AddUserToGroupCommand({ GroupName: `g${i}`, UserName: ana.name }));
    }
    const { code, message } = await refusal(prepare('oncall'));
    expect(code).toBe('TargetRefused');
    expect(message).toMatch(/ana is in 10 of 10 groups \(IAM quota GroupsPerUserQuota\)/);
    expect(await groupsOfAna()).toBe(10);
  });

  test.each([
    ['the role', 'read', /^CreateRole$/],
    ['its end', 'read', /^PutRolePolicy$/],
    ['a policy', 's3-read', /^AttachRolePolicy$/],
    ['its trust', 's3-read', /^UpdateAssumeRolePolicy$/],
  ])('that fills up meanwhile, at %s, refuses and leaves nothing', async (_, permission, action) => {
    const receipt = await prepare(permission);
    subject.proxy?.rules([{ action, fault: full }]);
    const { code, message } = await refusal(grant(receipt));
    expect(code).toBe('TargetRefused');
    expect(message).toMatch(/limit of IAM: Cannot exceed quota for XPerY: 10\..*have the quota raised/);
    expect(await grantRoles()).toEqual([]);
  });

  test('that fills up meanwhile, at a group, refuses and leaves nothing', async () => {
    const receipt = await prepare('oncall');
    subject.proxy?.rules([{ action: /^AddUserToGroup$/, fault: full }]);
    expect(await refusal(grant(receipt))).toMatchObject({ code: 'TargetRefused' });
    expect(await groupsOfAna()).toBe(0);
  });

  test('has room for a lock-down though others filled all five versions of the boundary', async () => {
    const { root, account } = subject.account;
    const [PolicyArn, PolicyDocument] = [
      boundaryArn(account),
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
    ];
    const receipt = await prepare('read');
    await grant(receipt);
    for (let i = 0; i < 4; i += 1)
      await root.send(new iam.CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));
    await subject.connector.lockdown?.(subject.call());
    const { Versions: versions = [] } = await root.send(new iam.ListPolicyVersionsCommand({ PolicyArn }));
    expect(versions.length).toBeLessThan(5);
    expect(await subject.canUse(receipt)).toBe(false);
  });
});
