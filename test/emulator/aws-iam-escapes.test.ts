/**
 * No way leads out of a grant, or past its end. Each is tried from a session of a grant that administers the account, so that it
 * is the boundary that denies it; and by an administrator without the boundary, who gets through: else the test would prove nothing.
 */
import * as iam from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { boundaryArn, connectorRoleArn } from '../../shared/connectors/aws-iam/names.ts';
import type { Receipt } from '../../shared/model/grant.ts';
import { assume, type Keys, settings } from '../support/aws-account.ts';
import { type AwsSubject, awsSubject } from '../support/aws-subject.ts';
import { type Escape, type Place, serviceEscapes, shared } from '../support/aws-escapes.ts';
import { describeOnEmulator } from '../support/emulator.ts';

const everything = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
const trustAll =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}';
const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess';

let subject: AwsSubject;
let receipt: Receipt;
let grantee: Keys;
let unbounded: Keys;

const ofIam = (make: (at: Place) => unknown): Escape => {
  return (as, at) => as.iam(make(at));
};

const escapes: Record<string, Escape> = {
  ...serviceEscapes,
  'making a user': ofIam(() => new iam.CreateUserCommand({ UserName: 'mallory' })),
  'making a user with the boundary': ofIam(
    ({ boundary }) => new iam.CreateUserCommand({ UserName: 'mallory', PermissionsBoundary: boundary }),
  ),
  'making a key for somebody': ofIam(() => new iam.CreateAccessKeyCommand({ UserName: 'ben' })),
  'making a password for somebody': ofIam(
    () => new iam.CreateLoginProfileCommand({ UserName: 'ben', Password: 'Swordfish-2026' }),
  ),
  'joining a group': ofIam(() => new iam.AddUserToGroupCommand({ GroupName: 'oncall', UserName: 'ana' })),
  'giving a user rights': ofIam(
    () => new iam.AttachUserPolicyCommand({ UserName: 'ana', PolicyArn: administrator }),
  ),
  'writing a user a policy': ofIam(
    () => new iam.PutUserPolicyCommand({ UserName: 'ana', PolicyName: 'x', PolicyDocument: everything }),
  ),
  'making a role': ofIam(
    () => new iam.CreateRoleCommand({ RoleName: 'exit', AssumeRolePolicyDocument: trustAll }),
  ),
  'making a role with the boundary': ofIam(
    ({ boundary }) =>
      new iam.CreateRoleCommand({
        RoleName: 'exit2',
        AssumeRolePolicyDocument: trustAll,
        PermissionsBoundary: boundary,
      }),
  ),
  'taking the boundary off': ofIam(
    ({ RoleName }) => new iam.DeleteRolePermissionsBoundaryCommand({ RoleName }),
  ),
  'putting on another boundary': ofIam(
    ({ RoleName }) =>
      new iam.PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: administrator }),
  ),
  'deleting the end': ofIam(
    ({ RoleName }) => new iam.DeleteRolePolicyCommand({ RoleName, PolicyName: 'curfew' }),
  ),
  'moving the end': ofIam(
    ({ RoleName }) =>
      new iam.PutRolePolicyCommand({ RoleName, PolicyName: 'curfew', PolicyDocument: everything }),
  ),
  'attaching a policy to itself': ofIam(
    ({ RoleName }) => new iam.AttachRolePolicyCommand({ RoleName, PolicyArn: administrator }),
  ),
  'letting others in': ofIam(
    ({ RoleName }) => new iam.UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trustAll }),
  ),
  'lengthening its sessions': ofIam(
    ({ RoleName }) => new iam.UpdateRoleCommand({ RoleName, MaxSessionDuration: 43_200 }),
  ),
  'rewriting the boundary': ofIam(
    ({ boundary }) =>
      new iam.CreatePolicyVersionCommand({
        PolicyArn: boundary,
        PolicyDocument: everything,
        SetAsDefault: true,
      }),
  ),
  'choosing an older boundary': ofIam(
    ({ boundary }) => new iam.SetDefaultPolicyVersionCommand({ PolicyArn: boundary, VersionId: 'v1' }),
  ),
  'deleting a version of the boundary': ofIam(
    ({ boundary }) => new iam.DeletePolicyVersionCommand({ PolicyArn: boundary, VersionId: 'v2' }),
  ),
  'becoming a role that trusts everybody': ({ sts }, { account }) =>
    sts.send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/open`, RoleSessionName: 'x' })),
  'becoming Curfew': ({ sts }, { account }) => {
    const RoleArn = connectorRoleArn(account, 'test', 'granter');
    return sts.send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: 'x', ExternalId: `curfew-test-${account}` }),
    );
  },
  'making a longer session of this one': ({ sts }) => sts.send(new GetSessionTokenCommand({})),
  'sharing a bucket': ({ s3 }, { account }) =>
    s3.send(new PutBucketPolicyCommand({ Bucket: `payroll-${account}`, Policy: shared(account) })),
};

/** The Query services say the first, those that speak JSON the second; EC2 has a word of its own. */
const denied = /^(AccessDenied|AccessDeniedException|UnauthorizedOperation)$/;

/** These are refused to every session on AWS, whatever its rights, so there is nobody who gets through. */
const refusedToAll = ['becoming Curfew', 'making a longer session of this one'];

async function tried(keys: Keys, escape: Escape | undefined): Promise<string> {
  const { account } = subject.account;
  const options = { ...settings(keys), maxAttempts: 1 };
  const client = new iam.IAMClient(options);
  const as = {
    keys,
    iam: (command: unknown) => client.send(command as iam.GetUserCommand),
    s3: new S3Client(options),
    sts: new STSClient(options),
  };
  const at = { RoleName: receipt.names['role'] ?? '', boundary: boundaryArn(account), account };
  const done = escape?.(as, at) ?? Promise.reject(new Error('no such escape'));
  return done.then(() => 'done', nameOf);
}

/** Of what AWS answered: an error of the client's own would prove nothing. */
function nameOf(error: Error): string {
  if (!('$fault' in error)) throw error;
  return error.name;
}

describeOnEmulator('a grant that administers the account', () => {
  beforeAll(async () => {
    subject = await awsSubject('role');
    const { root, ana, account } = subject.account;
    receipt = await subject.connector.prepare(subject.call(), subject.intent({ permission: 'admin' }));
    await subject.connector.grant(subject.call(), receipt, subject.end());
    grantee = await assume(ana.keys, receipt.artefact);
    for (const RoleName of ['open', 'administrators']) {
      await root.send(new iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trustAll }));
      await root.send(new iam.AttachRolePolicyCommand({ RoleName, PolicyArn: administrator }));
    }
    unbounded = await assume(ana.keys, `arn:aws:iam::${account}:role/administrators`);
  });
  afterAll(() => subject.close());

  test('does what an administrator does elsewhere', async () => {
    const bucket: Escape = ({ s3 }, { account }) =>
      s3.send(new CreateBucketCommand({ Bucket: `made-${account}` }));
    expect(await tried(grantee, bucket)).toBe('done');
    expect(
      await tried(
        grantee,
        ofIam(() => new iam.ListRolesCommand({})),
      ),
    ).toBe('done');
  });

  test.each(Object.keys(escapes))('does not escape by %s', async (name) => {
    expect(await tried(grantee, escapes[name])).toMatch(denied);
  });

  describe('but without the boundary one escapes', () => {
    test.each(Object.keys(escapes).filter((name) => !refusedToAll.includes(name)))('by %s', async (name) => {
      expect(await tried(unbounded, escapes[name])).not.toMatch(denied);
    });
  });
});
