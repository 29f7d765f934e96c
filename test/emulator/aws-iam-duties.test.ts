/** Each connector role can do what its duty needs and nothing else: tried out by its session, request by request. */
import * as iam from '@aws-sdk/client-iam';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { boundaryArn, type Duty, duties, endedBoundaryArn } from '../../shared/connectors/aws-iam/names.ts';
import { type AwsAccount, type Keys, prepareAwsAccount, settings } from '../support/aws-account.ts';
import { describeOnEmulator } from '../support/emulator.ts';

const document = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}';
const trust = '{"Version":"2012-10-17","Statement":[]}';
const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess';

let account: AwsAccount;
const keys = new Map<Duty, Keys>();
/** A role of a grant; one that is being ended; one that lost the boundary; one of somebody else's; one of another installation's. */
let roles: { ours: string; ended: string; unbounded: string; foreign: string; others: string };
let boundary: string;
let own: string;

interface Row {
  does: string;
  may: Duty[];
  command(): unknown;
}

const row = (does: string, may: Duty[], command: () => unknown): Row => ({ does, may, command });
const named = (name: () => string) => ({
  create: (over: Partial<iam.CreateRoleCommandInput>) =>
    new iam.CreateRoleCommand({
      RoleName: name(),
      Path: '/curfew/',
      AssumeRolePolicyDocument: trust,
      PermissionsBoundary: boundary,
      ...over,
    }),
});
const fresh = named(() => `test-${randomBytes(4).toString('hex')}`);
const policy = { PolicyName: 'curfew', PolicyDocument: document };
const mark = (Value: string) => ({ Key: 'curfew:installation', Value });
const bound = (RoleName: string, PermissionsBoundary: string) =>
  new iam.PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary });

const rows: Row[] = [
  row('makes a role for a grant', ['granter'], () => fresh.create({})),
  row('makes a role without the boundary', [], () => fresh.create({ PermissionsBoundary: undefined })),
  row('makes a role with another boundary', [], () => fresh.create({ PermissionsBoundary: readOnly })),
  row('makes a role below another path', [], () => fresh.create({ Path: '/' })),
  row('makes a connector role', [], () => fresh.create({ Path: '/curfew/connector/' })),
  row("makes a role in another installation's name", [], () => fresh.create({ RoleName: 'prod-1' })),
  row('writes the end of a grant', ['granter', 'extender'], () => new iam.PutRolePolicyCommand({ RoleName: roles.ours, ...policy })),
  row('writes the policy of a role that is being ended', [], () => new iam.PutRolePolicyCommand({ RoleName: roles.ended, ...policy })),
  row("writes the policy of somebody else's role", [], () => new iam.PutRolePolicyCommand({ RoleName: roles.foreign, ...policy })),
  row("writes the policy of another installation's role", [], () => new iam.PutRolePolicyCommand({ RoleName: roles.others, ...policy })),
  row('writes its own rights', [], () => new iam.PutRolePolicyCommand({ RoleName: own, ...policy })),
  row('attaches a policy of AWS', ['granter'], () => new iam.AttachRolePolicyCommand({ RoleName: roles.ours, PolicyArn: readOnly })),
  row("attaches a policy of the account's own", [], () => new iam.AttachRolePolicyCommand({ RoleName: roles.ours, PolicyArn: boundary })),
  row('attaches one to a role that is being ended', [], () => new iam.AttachRolePolicyCommand({ RoleName: roles.ended, PolicyArn: readOnly })),
  row("attaches one to somebody else's role", [], () => new iam.AttachRolePolicyCommand({ RoleName: roles.foreign, PolicyArn: readOnly })),
  row('lets the grantee in', ['granter'], () => new iam.UpdateAssumeRolePolicyCommand({ RoleName: roles.ours, PolicyDocument: trust })),
  row('lets somebody into a role that is being ended', [], () => new iam.UpdateAssumeRolePolicyCommand({ RoleName: roles.ended, PolicyDocument: trust })),
  row('lets somebody into a role that lost the boundary', [], () => new iam.UpdateAssumeRolePolicyCommand({ RoleName: roles.unbounded, PolicyDocument: trust })),
  row('makes a role that is marked', ['granter'], () => fresh.create({ Tags: [mark('test')] })),
  row('marks a role', ['granter'], () => new iam.TagRoleCommand({ RoleName: roles.ours, Tags: [mark('test')] })),
  row("marks a role with another installation's name", [], () => new iam.TagRoleCommand({ RoleName: roles.ours, Tags: [mark('prod')] })),
  row('writes another tag', [], () => new iam.TagRoleCommand({ RoleName: roles.ours, Tags: [mark('test'), { Key: 'department', Value: 'finance' }] })),
  row("marks somebody else's role", [], () => new iam.TagRoleCommand({ RoleName: roles.foreign, Tags: [mark('test')] })),
  row("lets somebody into somebody else's role", [], () => new iam.UpdateAssumeRolePolicyCommand({ RoleName: roles.foreign, PolicyDocument: trust })),
  row('lets somebody into a connector role', [], () => new iam.UpdateAssumeRolePolicyCommand({ RoleName: own, PolicyDocument: trust })),
  row('cuts a role off', ['revoker'], () => bound(roles.ours, endedBoundaryArn)),
  row('puts a role back', [], () => bound(roles.ended, boundary)),
  row('gives a role another boundary', [], () => bound(roles.ours, readOnly)),
  row('takes the boundary off', [], () => new iam.DeleteRolePermissionsBoundaryCommand({ RoleName: roles.ours })),
  row('detaches a policy', ['revoker'], () => new iam.DetachRolePolicyCommand({ RoleName: roles.ours, PolicyArn: readOnly })),
  row('deletes the end of a grant', ['revoker'], () => new iam.DeleteRolePolicyCommand({ RoleName: roles.ours, PolicyName: 'curfew' })),
  row('deletes a role of a grant', ['revoker'], () => new iam.DeleteRoleCommand({ RoleName: roles.ours })),
  row("deletes somebody else's role", [], () => new iam.DeleteRoleCommand({ RoleName: roles.foreign })),
  row("deletes another installation's role", [], () => new iam.DeleteRoleCommand({ RoleName: roles.others })),
  row('deletes a connector role', [], () => new iam.DeleteRoleCommand({ RoleName: own })),
  row('flips the boundary', ['revoker'], () => new iam.CreatePolicyVersionCommand({ PolicyArn: boundary, PolicyDocument: document })),
  row('deletes a version of the boundary', ['revoker'], () => new iam.DeletePolicyVersionCommand({ PolicyArn: boundary, VersionId: 'v99' })),
  row('deletes the boundary', [], () => new iam.DeletePolicyCommand({ PolicyArn: boundary })),
  row('makes a policy', [], () => new iam.CreatePolicyCommand({ PolicyName: 'x', PolicyDocument: document })),
  row('puts somebody into a group on offer', ['granter'], () => new iam.AddUserToGroupCommand({ GroupName: 'oncall', UserName: 'ana' })),
  row('puts somebody into another group', [], () => new iam.AddUserToGroupCommand({ GroupName: 'admins', UserName: 'ana' })),
  row('takes somebody out of a group', ['revoker'], () => new iam.RemoveUserFromGroupCommand({ GroupName: 'oncall', UserName: 'ana' })),
  row('looks at a role', ['reader'], () => new iam.GetRoleCommand({ RoleName: roles.foreign })),
  row('lists roles', ['reader'], () => new iam.ListRolesCommand({})),
  row('looks at the room', ['reader'], () => new iam.GetAccountSummaryCommand({})),
  row('looks at a group', ['reader'], () => new iam.GetGroupCommand({ GroupName: 'oncall' })),
  row('makes a user', [], () => new iam.CreateUserCommand({ UserName: 'mallory' })),
  row('makes a key', [], () => new iam.CreateAccessKeyCommand({ UserName: 'ana' })),
  row('gives a user rights', [], () => new iam.AttachUserPolicyCommand({ UserName: 'ana', PolicyArn: readOnly })),
  row('deletes a user', [], () => new iam.DeleteUserCommand({ UserName: 'ben' })),
]; // biome-ignore format: a table

describeOnEmulator('a connector role', () => {
  beforeAll(async () => {
    account = await prepareAwsAccount();
    boundary = boundaryArn(account.account);
    await account.root.send(new iam.CreateGroupCommand({ GroupName: 'admins' }));
    for (const duty of duties) keys.set(duty, await account.become(duty));
  });
  beforeEach(async () => {
    const id = randomBytes(4).toString('hex');
    roles = {
      ours: `test-${id}`,
      ended: `test-ended${id}`,
      unbounded: `test-unbounded${id}`,
      foreign: `test-${id}-foreign`,
      others: `prod-${id}`,
    };
    const make = (RoleName: string, over: Partial<iam.CreateRoleCommandInput> = {}) =>
      account.root.send(named(() => RoleName).create(over));
    await make(roles.ours);
    await make(roles.ended, { PermissionsBoundary: endedBoundaryArn });
    await make(roles.unbounded, { PermissionsBoundary: undefined });
    await make(roles.foreign, { Path: '/apps/', PermissionsBoundary: undefined });
    await make(roles.others);
  });

  test.each(rows)('$does: $may alone', async ({ may, command }) => {
    // Those who may come last: what they do would be in the way of the others.
    const order = duties.toSorted((one, other) => Number(may.includes(one)) - Number(may.includes(other)));
    for (const duty of order) {
      own = `test-${duty}`;
      const client = new iam.IAMClient({ ...settings(keys.get(duty) as Keys), maxAttempts: 1 });
      const denied = await client.send(command() as iam.GetUserCommand).then(
        () => false,
        (error: Error) => error.name === 'AccessDenied',
      );
      expect(denied, duty).toBe(!may.includes(duty));
    }
  });

  test.each(duties)('reads no bucket: %s', async (duty) => {
    const s3 = new S3Client(settings(keys.get(duty) as Keys));
    const get = new GetObjectCommand({ Bucket: account.bucket, Key: 'report.txt' });
    await expect(s3.send(get)).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
