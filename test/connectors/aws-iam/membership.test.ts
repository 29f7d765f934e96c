/** Membership of an IAM group: shared, without an end of its own, and only of the account's own users. */
import {
  AddUserToGroupCommand,
  GetAccountSummaryCommand,
  GetGroupCommand,
  GetUserCommand,
  ListGroupsForUserCommand,
  RemoveUserFromGroupCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  account,
  aMembership,
  anIntent,
  changes,
  end,
  iam,
  mia,
  refusal,
  rig,
  type Rig,
  sts,
} from './aws.ts';

let at: Rig;
beforeEach(() => {
  at = rig();
  iam.on(GetUserCommand).resolves({ User: { UserId: 'AIDA1' } as never });
  isIn();
});

function isIn(...groups: string[]): void {
  iam
    .on(ListGroupsForUserCommand)
    .resolves({ Groups: groups.map((GroupName) => ({ GroupName, Path: '/' }) as never) });
}

const prepare = (login: string | undefined = mia) =>
  at.connector.prepare(at.call(), anIntent({ resource: 'ops', permission: 'member', login }));

describe('preparing', () => {
  test('names what two grants would share, and what stood before', async () => {
    expect(await prepare()).toEqual(aMembership());
    isIn('others', 'ops');
    expect(await prepare()).toEqual({ ...aMembership(), stood: true });
    expect(changes()).toEqual([]);
  });

  test('finds it on a later page', async () => {
    iam
      .on(ListGroupsForUserCommand)
      .resolvesOnce({ Groups: [], IsTruncated: true, Marker: 'm' })
      .resolves({ Groups: [{ GroupName: 'ops' } as never] });
    expect(await prepare()).toMatchObject({ stood: true });
  });

  test.each([
    ['arn:aws:iam::999988887777:user/mia', /is not the ARN of an IAM user of account 222233334444/],
    [`arn:aws:iam::${account}:role/mia`, /is not the ARN of an IAM user/],
    [`arn:aws:sts::${account}:assumed-role/Dev/mia`, /is not the ARN of an IAM user/],
    ['mia', /is not the ARN of an IAM user/],
  ])('refuses %s', async (login, message) => {
    await expect(prepare(login)).rejects.toMatchObject({ code: 'TargetRefused', message: expect.stringMatching(message) }); // biome-ignore format: one line
  });

  test('refuses whoever has no login, is no user there, or a group that is not there', async () => {
    const without = at.connector.prepare(at.call(), { ...anIntent({ resource: 'ops', permission: 'member' }), login: undefined }); // biome-ignore format: one line
    await expect(without).rejects.toThrow(/Mia has no login at AWS account: put the ARN/);
    iam.on(GetGroupCommand).rejects(refusal('NoSuchEntity', 404));
    await expect(prepare()).rejects.toThrow(/has no group "ops"/);
    iam.on(GetUserCommand).rejects(refusal('NoSuchEntity', 404));
    await expect(prepare()).rejects.toThrow(/has no IAM user "mia": correct "logins"/);
  });

  test('refuses a user who is in as many groups as IAM allows, with the limit and what to do', async () => {
    isIn(...Array.from({ length: 10 }, (_, n) => `group-${n}`));
    await expect(prepare()).rejects.toThrow(
      'The IAM user mia is in 10 of 10 groups (IAM quota GroupsPerUserQuota): take them out of one that they do not need.',
    );
    isIn(...Array.from({ length: 9 }, (_, n) => `group-${n}`), 'ops');
    expect(await prepare()).toMatchObject({ stood: true });
  });
});

describe('granting', () => {
  const grant = () => at.connector.grant(at.call(), aMembership(), end);

  test('puts the user in', async () => {
    await grant();
    expect(iam.commandCalls(AddUserToGroupCommand)[0]?.args[0].input).toEqual({
      GroupName: 'ops',
      UserName: 'mia',
    });
  });

  test('puts the user in though they are shown as there: what shows it may lag behind a removal', async () => {
    isIn('ops');
    await grant();
    expect(changes()).toEqual(['AddUserToGroup']);
  });

  test('needs no granter where it is so already', async () => {
    const closed = refusal('AccessDenied', 403, 'is not authorized to perform: sts:AssumeRole');
    sts.on(AssumeRoleCommand, { RoleArn: `arn:aws:iam::${account}:role/curfew/connector/local-granter` }).rejects(closed); // biome-ignore format: one line
    await expect(grant()).rejects.toMatchObject({ code: 'TargetRefused' });
    isIn('ops');
    await grant();
    expect(changes()).toEqual([]);
  });

  test('takes a user made anew for somebody else', async () => {
    iam.on(GetUserCommand).resolves({ User: { UserId: 'AIDA2' } as never });
    await expect(grant()).rejects.toMatchObject({ code: 'TargetRefused', message: expect.stringMatching(/was made anew/) }); // biome-ignore format: one line
    expect(changes()).toEqual([]);
  });
});

test('extending only looks', async () => {
  await expect(at.connector.extend(at.call(), aMembership(), end)).rejects.toMatchObject({
    code: 'TargetRefused',
  });
  isIn('ops');
  await at.connector.extend(at.call(), aMembership(), end);
  expect(changes()).toEqual([]);
});

test('revoking always asks for the removal, and says whether there was anything', async () => {
  expect(await at.connector.revoke(at.call(), { ...aMembership(), stood: true })).toEqual({ found: true });
  iam.on(RemoveUserFromGroupCommand).rejects(refusal('NoSuchEntity', 404));
  expect(await at.connector.revoke(at.call(), aMembership())).toEqual({ found: false });
  expect(changes()).toEqual(['RemoveUserFromGroup', 'RemoveUserFromGroup']);
});

test('reads back who is in, also where the user is gone', async () => {
  const inspect = () => at.connector.inspect(at.call(), aMembership());
  isIn('ops');
  expect(await inspect()).toMatchObject({ present: true, facts: { member: true } });
  isIn('others');
  expect(await inspect()).toMatchObject({ present: false });
  iam.on(ListGroupsForUserCommand).rejects(refusal('NoSuchEntity', 404));
  expect(await inspect()).toMatchObject({ present: false, facts: { userExists: false } });
});

test('members use credentials of their own', async () => {
  expect(await at.connector.credentials(at.call(), aMembership(), end)).toBeUndefined();
});

test('a limit of the account on roles keeps nobody out of a group', async () => {
  iam
    .on(GetAccountSummaryCommand)
    .resolves({ SummaryMap: { Roles: 1000, RolesQuota: 1000, GroupsPerUserQuota: 10 } });
  expect(await prepare()).toEqual(aMembership());
});
