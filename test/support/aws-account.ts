/**
 * A target account on the emulator, as the target stack prepares one: connector roles, boundary; and what an organisation
 * has there: users with keys of their own, a group, buckets with an object in each. Every account is a new one.
 */
import {
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutGroupPolicyCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { randomInt } from 'node:crypto';
import { boundaryFirst } from '../../shared/connectors/aws-iam/boundary-first.ts';
import {
  boundaryName,
  connectorRoleArn,
  connectorRoleName,
  type Duty,
  duties,
  path,
} from '../../shared/connectors/aws-iam/names.ts';
import { dutyPolicy } from '../../shared/connectors/aws-iam/permissions.ts';
import type { Integration } from '../../shared/model/config.ts';
import { clientConfig } from './emulator.ts';

export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface AwsUser {
  name: string;
  arn: string;
  keys: Keys;
}

export interface AwsAccount {
  account: string;
  /** The account's root: eyes and hands that do not depend on Curfew. */
  root: IAMClient;
  integration: Integration;
  /** Whose grants these tests are about, and somebody else who may try to assume any role there is. */
  ana: AwsUser;
  ben: AwsUser;
  bucket: string;
  otherBucket: string;
  group: string;
  /** What a function of Curfew's has in its own account: it may assume the connector roles. */
  source: Keys;
  /** A session of one connector role. */
  become(duty: Duty): Promise<Keys>;
  makeUser(name: string): Promise<AwsUser>;
}

export const installation = 'test';
const objectKey = 'report.txt';

/** For a stock client, as anybody configures it. */
export function settings(keys: Keys, endpoint?: string) {
  const { region, endpoint: emulator } = clientConfig();
  return { region, endpoint: endpoint ?? emulator, credentials: keys, forcePathStyle: true };
}

/** `Keys` of the role's session, by whoever holds the keys. */
export async function assume(keys: Keys, roleArn: string, externalId?: string): Promise<Keys> {
  const sts = new STSClient(settings(keys));
  const { Credentials: session } = await sts.send(
    new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'test', ExternalId: externalId }),
  );
  return {
    accessKeyId: session?.AccessKeyId ?? '',
    secretAccessKey: session?.SecretAccessKey ?? '',
    sessionToken: session?.SessionToken ?? '',
  };
}

/** `own`: Curfew comes as a user of the account itself, as on a laptop, and not as a role of another account. */
export async function prepareAwsAccount({ installed = installation, own = false } = {}): Promise<AwsAccount> {
  const account = accountNumber();
  const root = new IAMClient(clientConfig(account));
  const [bucket, otherBucket, group] = [`reports-${account}`, `payroll-${account}`, 'oncall'];
  const externalId = `curfew-${installed}-${account}`;
  const source = own ? await userOf(root, 'operator') : await makeSource(account, installed);
  await makeConnectorRoles({ root, account, installed, externalId, sourceArn: source.arn, groups: [group] });
  await makeBuckets(account, [bucket, otherBucket]);
  await makeGroup(root, group, bucket);
  const makeUser = (name: string) => userOf(root, name);
  return {
    account,
    root,
    integration: integrationOf({ account, externalId, bucket, group }),
    ana: await makeUser('ana'),
    ben: await makeUser('ben'),
    bucket,
    otherBucket,
    group,
    source: source.keys,
    become: (duty) => assume(source.keys, connectorRoleArn(account, installed, duty), externalId),
    makeUser,
  };
}

/** 12 digits that nobody else has. */
export function accountNumber(): string {
  return `4${String(randomInt(1e11)).padStart(11, '0')}`;
}

/** A role of the hub account, and a session of it. */
async function makeSource(account: string, installed: string): Promise<{ arn: string; keys: Keys }> {
  const hub = accountNumber();
  const iam = new IAMClient(clientConfig(hub));
  const [name, arn] = ['curfew-test-functions', `arn:aws:iam::${hub}:role/curfew-test-functions`];
  const trust = trusting(`arn:aws:iam::${hub}:root`);
  await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }));
  const connectors = duties.map((duty) => connectorRoleArn(account, installed, duty));
  const policy = allowing('sts:AssumeRole', connectors);
  await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'become', PolicyDocument: policy }));
  return { arn, keys: await assume({ accessKeyId: hub, secretAccessKey: 'test' }, arn) };
}

interface ConnectorRoles {
  root: IAMClient;
  account: string;
  installed: string;
  externalId: string;
  sourceArn: string;
  groups: string[];
}

async function makeConnectorRoles(made: ConnectorRoles): Promise<void> {
  const { root, account, installed, externalId, sourceArn, groups } = made;
  const document = JSON.stringify(boundaryFirst);
  await root.send(
    new CreatePolicyCommand({ PolicyName: boundaryName, Path: path, PolicyDocument: document }),
  );
  for (const duty of duties) {
    const RoleName = connectorRoleName(installed, duty);
    const trust = trusting(`arn:aws:iam::${sourceArn.split(':')[4]}:root`, {
      StringEquals: { 'sts:ExternalId': externalId },
      ArnEquals: { 'aws:PrincipalArn': sourceArn },
    });
    await root.send(
      new CreateRoleCommand({ RoleName, Path: `${path}connector/`, AssumeRolePolicyDocument: trust }),
    );
    const PolicyDocument = JSON.stringify(dutyPolicy(duty, { account, installation: installed, groups }));
    await root.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'duty', PolicyDocument }));
  }
}

async function makeBuckets(account: string, buckets: string[]): Promise<void> {
  const s3 = new S3Client(settings(clientConfig(account).credentials));
  for (const Bucket of buckets) {
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutObjectCommand({ Bucket, Key: objectKey, Body: 'figures' }));
  }
}

async function makeGroup(root: IAMClient, group: string, bucket: string): Promise<void> {
  await root.send(new CreateGroupCommand({ GroupName: group }));
  const policy = allowing('s3:GetObject', [`arn:aws:s3:::${bucket}/*`]);
  await root.send(
    new PutGroupPolicyCommand({ GroupName: group, PolicyName: 'read', PolicyDocument: policy }),
  );
}

/** Whoever may assume anything that trusts them: so it is the trust that decides. */
async function userOf(root: IAMClient, name: string): Promise<AwsUser> {
  const { User: user } = await root.send(new CreateUserCommand({ UserName: name }));
  const policy = allowing('sts:AssumeRole', ['*']);
  await root.send(new PutUserPolicyCommand({ UserName: name, PolicyName: 'assume', PolicyDocument: policy }));
  const { AccessKey: key } = await root.send(new CreateAccessKeyCommand({ UserName: name }));
  const keys = { accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' };
  return { name, arn: user?.Arn ?? '', keys };
}

function integrationOf(of: {
  account: string;
  externalId: string;
  bucket: string;
  group: string;
}): Integration {
  const { account, externalId, bucket, group } = of;
  const permissions = {
    read: { name: 'Read reports', buckets: [bucket], access: 'read' },
    write: { name: 'Change reports', buckets: [bucket], access: 'write' },
    's3-read': {
      name: 'Read all of S3',
      managedPolicies: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'],
    },
    admin: {
      name: 'Administer the account',
      managedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'],
    },
    oncall: { name: 'Be on call for reports', group },
  };
  const target = {
    account,
    externalId,
    region: clientConfig().region,
    resources: { reports: { name: 'Reports', permissions } },
  };
  return { id: 'aws', name: 'AWS', kind: 'aws-iam', environment: 'test', target };
}

function trusting(principal: string, condition?: object): string {
  const statement = { Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole' };
  return documentOf({ ...statement, ...(condition && { Condition: condition }) });
}

function allowing(action: string, resources: string[]): string {
  return documentOf({ Effect: 'Allow', Action: action, Resource: resources });
}

function documentOf(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}
