/** The boundary: what it lets through, every escape that it denies, and the lock-down. */
import { createHash } from 'node:crypto';
import * as sdk from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import { boundaryLocked, boundaryOpen, boundaryState } from '../../../shared/connectors/aws-iam/boundary.ts';
import { boundaryFirst } from '../../../shared/connectors/aws-iam/boundary-first.ts';
import { limits, textOf } from '../../../shared/connectors/aws-iam/policy.ts';
import { account, administrator, decide } from './simulate.ts';

const role = `arn:aws:iam::${account}:role/other`;
const user = `arn:aws:iam::${account}:user/mia`;
const group = `arn:aws:iam::${account}:group/admins`;
const policy = `arn:aws:iam::${account}:policy/curfew/curfew-boundary`;
const made = `arn:aws:iam::${account}:role/curfew/local-gr_1`;
const connector = `arn:aws:iam::${account}:role/curfew/connector/local-granter`;
const bucket = 'arn:aws:s3:::reports';
const key = `arn:aws:kms:eu-central-1:${account}:key/0d990263-018e-4e65-a703-eff731de951e`;
const within = { 'iam:PermissionsBoundary': policy };

/** As every account has it: the key's own policy leaves it to IAM. */
const keyPolicy = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' },
  ],
};

/** An administrator's grant, under the boundary as it is in peace. */
function asks(action: string, resource?: string, context?: Record<string, string>): Promise<string> {
  return decide({
    action,
    policies: [administrator],
    boundary: boundaryOpen,
    ...(resource && { resource }),
    ...(context && { context }),
    ...(resource === key && { resourcePolicy: keyPolicy }),
  });
}

describe('documents', () => {
  test('the first version is never changed: a stack update would put it as the default, and end a lock-down', () => {
    const digest = createHash('sha256').update(textOf(boundaryFirst)).digest('hex');
    expect(digest).toBe('576a46aef455f025c324db7ceb3b8d95b42d52105bf273662de6daeb1fdc7506');
  });

  test('fit into what IAM takes for a managed policy', () => {
    for (const document of [boundaryFirst, boundaryOpen, boundaryLocked])
      expect(textOf(document).length).toBeLessThanOrEqual(limits.managed);
  });

  test('are told apart as IAM gives them back, in whatever order and encoding', () => {
    const encoded = (document: unknown) => encodeURIComponent(JSON.stringify(document, undefined, 2));
    const { Statement, Version } = boundaryOpen;
    const turned = { Statement: Statement.map((one) => Object.fromEntries(Object.entries(one).toReversed())), Version }; // biome-ignore format: one line
    expect(boundaryState(encoded(turned))).toBe('open');
    const [deny] = boundaryLocked.Statement;
    expect(boundaryState(encoded({ ...boundaryLocked, Statement: [{ ...deny, Action: ['*'] }] }))).toBe(
      'locked',
    );
    expect(boundaryState(encoded({ ...boundaryOpen, Statement: Statement.slice(0, 2) }))).toBe('other');
    expect(boundaryState(encoded({ ...boundaryLocked, Statement: [{ ...deny, Action: 's3:*' }] }))).toBe(
      'other',
    );
    expect(boundaryState('%')).toBe('other');
    expect(boundaryState(undefined)).toBe('other');
  });
});

describe('in peace', () => {
  test.each([
    ['s3:GetObject', `${bucket}/a`],
    ['s3:PutObject', `${bucket}/a`],
    ['dynamodb:PutItem', `arn:aws:dynamodb:eu-central-1:${account}:table/orders`],
    ['lambda:InvokeFunction', `arn:aws:lambda:eu-central-1:${account}:function:f`],
    ['ec2:StopInstances', `arn:aws:ec2:eu-central-1:${account}:instance/i-1`],
    ['logs:GetLogEvents', `arn:aws:logs:eu-central-1:${account}:log-group:g:log-stream:s`],
    ['kms:Decrypt', key],
    ['iam:GetRole', role],
    ['iam:ListUsers', undefined],
    ['sts:GetCallerIdentity', undefined],
  ])('lets %s through', async (action, resource) => {
    expect(await asks(action, resource)).toBe('Allowed');
  });

  test('lets AWS services use keys for whom they work for, and nobody else', async () => {
    expect(await asks('kms:CreateGrant', key, { 'kms:GrantIsForAWSResource': 'true' })).toBe('Allowed');
    expect(await asks('kms:CreateGrant', key, { 'kms:GrantIsForAWSResource': 'false' })).toBe(
      'ExplicitlyDenied',
    );
    expect(await asks('kms:CreateGrant', key)).toBe('ExplicitlyDenied');
  });
});

describe('escapes', () => {
  test.each([
    // Principals that outlive the grant, also those that would carry the boundary: it has no end.
    ['iam:CreateUser', user, within],
    ['iam:CreateUser', user],
    ['iam:CreateRole', role, within],
    ['iam:CreateRole', role],
    ['iam:CreateAccessKey', user],
    ['iam:CreateLoginProfile', user],
    ['iam:UpdateLoginProfile', user],
    ['iam:ChangePassword', user],
    ['iam:EnableMFADevice', user],
    ['iam:DeactivateMFADevice', user],
    ['iam:CreateServiceSpecificCredential', user],
    ['iam:UploadSSHPublicKey', user],
    ['iam:UploadSigningCertificate', user],
    ['iam:CreateOpenIDConnectProvider', `arn:aws:iam::${account}:oidc-provider/evil.example`],
    ['iam:CreateSAMLProvider', `arn:aws:iam::${account}:saml-provider/evil`],
    ['rolesanywhere:CreateTrustAnchor'],
    ['sso:CreateAccountAssignment', 'arn:aws:sso:::instance/ssoins-1111111111111111'],
    ['identitystore:CreateUser', `arn:aws:identitystore::${account}:identitystore/d-1`],
    // Another's rights.
    ['iam:AttachUserPolicy', user],
    ['iam:PutUserPolicy', user],
    ['iam:PutGroupPolicy', group],
    ['iam:AttachGroupPolicy', group],
    ['iam:AddUserToGroup', group],
    ['iam:UpdateAssumeRolePolicy', role],
    ['iam:PutRolePolicy', role],
    ['iam:AttachRolePolicy', role],
    ['iam:PassRole', role],
    ['iam:AddRoleToInstanceProfile', `arn:aws:iam::${account}:instance-profile/p`],
    ['sts:AssumeRole', role],
    ['sts:GetFederationToken'],
    ['sts:GetSessionToken'],
    ['cloudformation:UpdateStack', `arn:aws:cloudformation:eu-central-1:${account}:stack/s/1`],
    ['cloudformation:ExecuteChangeSet', `arn:aws:cloudformation:eu-central-1:${account}:stack/s/1`],
    ['lambda:UpdateFunctionCode', `arn:aws:lambda:eu-central-1:${account}:function:f`],
    ['states:UpdateStateMachine', `arn:aws:states:eu-central-1:${account}:stateMachine:m`],
    ['eks:CreateAccessEntry', `arn:aws:eks:eu-central-1:${account}:cluster/c`],
    ['sagemaker:CreatePresignedDomainUrl', `arn:aws:sagemaker:eu-central-1:${account}:user-profile/d-1/u`],
    ['sns:Subscribe', `arn:aws:sns:eu-central-1:${account}:t`],
    ['logs:PutSubscriptionFilter', `arn:aws:logs:eu-central-1:${account}:log-group:g`],
    ['codebuild:StartBuild', `arn:aws:codebuild:eu-central-1:${account}:project/p`],
    // Curfew's own.
    ['iam:DeleteRolePermissionsBoundary', made],
    [
      'iam:PutRolePermissionsBoundary',
      made,
      { 'iam:PermissionsBoundary': `arn:aws:iam::aws:policy/AdministratorAccess` },
    ],
    ['iam:DeleteUserPermissionsBoundary', user],
    ['iam:PutUserPermissionsBoundary', user],
    ['iam:DeleteRolePolicy', made],
    ['iam:PutRolePolicy', made, within],
    ['iam:UpdateAssumeRolePolicy', made],
    ['iam:UpdateRole', made],
    ['iam:TagRole', made],
    ['iam:UntagRole', made],
    ['iam:DetachRolePolicy', made],
    ['iam:DeleteRole', connector],
    ['iam:PutRolePolicy', connector],
    ['iam:UpdateAssumeRolePolicy', connector],
    ['iam:CreatePolicyVersion', policy],
    ['iam:SetDefaultPolicyVersion', policy],
    ['iam:DeletePolicyVersion', policy],
    ['iam:DeletePolicy', policy],
    ['iam:CreatePolicy', `arn:aws:iam::${account}:policy/curfew/mine`],
    // The organisation and the account.
    ['organizations:LeaveOrganization'],
    ['account:PutAlternateContact', `arn:aws:account::${account}:account`],
    // Doors for others: policies of resources, and shares.
    ['s3:PutBucketPolicy', bucket],
    ['s3:DeleteBucketPolicy', bucket],
    ['s3:PutBucketAcl', bucket],
    ['s3:PutObjectAcl', `${bucket}/a`],
    ['s3:PutBucketPublicAccessBlock', bucket],
    ['s3:PutAccountPublicAccessBlock'],
    ['s3:PutAccessPointPolicy', `arn:aws:s3:eu-central-1:${account}:accesspoint/p`],
    ['s3:PutMultiRegionAccessPointPolicy', `arn:aws:s3::${account}:accesspoint/p.mrap`],
    ['s3:CreateAccessGrant'],
    ['kms:PutKeyPolicy', key],
    ['lambda:AddPermission', `arn:aws:lambda:eu-central-1:${account}:function:f`],
    ['lambda:AddLayerVersionPermission', `arn:aws:lambda:eu-central-1:${account}:layer:l:1`],
    ['lambda:CreateFunctionUrlConfig', `arn:aws:lambda:eu-central-1:${account}:function:f`],
    ['sqs:AddPermission', `arn:aws:sqs:eu-central-1:${account}:q`],
    ['sqs:SetQueueAttributes', `arn:aws:sqs:eu-central-1:${account}:q`],
    ['sns:AddPermission', `arn:aws:sns:eu-central-1:${account}:t`],
    ['sns:SetTopicAttributes', `arn:aws:sns:eu-central-1:${account}:t`],
    ['secretsmanager:PutResourcePolicy', `arn:aws:secretsmanager:eu-central-1:${account}:secret:s-abcdef`],
    ['dynamodb:PutResourcePolicy', `arn:aws:dynamodb:eu-central-1:${account}:table/t`],
    ['ecr:SetRepositoryPolicy', `arn:aws:ecr:eu-central-1:${account}:repository/r`],
    ['events:PutPermission'],
    ['logs:PutResourcePolicy'],
    [
      'elasticfilesystem:PutFileSystemPolicy',
      `arn:aws:elasticfilesystem:eu-central-1:${account}:file-system/fs-1`,
    ],
    ['ec2:ModifySnapshotAttribute', 'arn:aws:ec2:eu-central-1::snapshot/snap-1'],
    ['ec2:ModifyImageAttribute', 'arn:aws:ec2:eu-central-1::image/ami-1'],
    ['rds:ModifyDBSnapshotAttribute', `arn:aws:rds:eu-central-1:${account}:snapshot:s`],
    ['rds:ModifyDBClusterSnapshotAttribute', `arn:aws:rds:eu-central-1:${account}:cluster-snapshot:s`],
    ['ssm:ModifyDocumentPermission', `arn:aws:ssm:eu-central-1:${account}:document/d`],
    ['ram:CreateResourceShare'],
  ] as [string, string?, Record<string, string>?][])(
    'denies %s on %s to an administrator',
    async (action, resource, context) => {
      expect(await asks(action, resource, context)).toBe('ExplicitlyDenied');
    },
  );

  test('denies every write to IAM that the SDK has a command for, and no read', () => {
    const actions = Object.keys(sdk).flatMap((name) => /^([A-Z]\w+)Command$/.exec(name)?.[1] ?? []);
    expect(actions.length).toBeGreaterThan(150);
    const wrong = actions.filter(
      (name) => deniedByName(`iam:${name}`) === /^(Get|List|Generate|Simulate)/.test(name),
    );
    expect(wrong).toEqual([]);
  });
});

describe('in a lock-down', () => {
  test.each([
    ['s3:GetObject', `${bucket}/a`],
    ['iam:ListUsers', undefined],
    ['ec2:StopInstances', `arn:aws:ec2:eu-central-1:${account}:instance/i-1`],
  ])('denies %s', async (action, resource) => {
    const asked = { action, policies: [administrator], ...(resource && { resource }) };
    expect(await decide({ ...asked, boundary: boundaryLocked })).toBe('ExplicitlyDenied');
  });

  test('denies what a bucket allows by its own policy, too', async () => {
    const resourcePolicy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:sts::${account}:assumed-role/local-gr_1/mia` }, Action: 's3:GetObject', Resource: `${bucket}/*` }], // biome-ignore format: one line
    };
    const asked = { action: 's3:GetObject', resource: `${bucket}/a`, policies: [], resourcePolicy };
    expect(await decide({ ...asked, boundary: boundaryOpen })).toBe('Allowed');
    expect(await decide({ ...asked, boundary: boundaryLocked })).toBe('ExplicitlyDenied');
  });
});

/** By the patterns alone: for the long list of actions, whose resources nobody wants to write down. */
function deniedByName(action: string): boolean {
  return boundaryOpen.Statement.filter(({ Effect, Condition }) => Effect === 'Deny' && !Condition).some(
    ({ Action }) =>
      [Action].flat().some((pattern) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 'i').test(action)),
  );
}
