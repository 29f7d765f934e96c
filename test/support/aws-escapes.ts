/** Ways out of a grant that lead over services of AWS other than IAM, each as one request. */
import { EventBridgeClient, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { AddPermissionCommand, LambdaClient, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import {
  PutBucketInventoryConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { PutResourcePolicyCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient, UpdateStateMachineCommand } from '@aws-sdk/client-sfn';
import type { STSClient } from '@aws-sdk/client-sts';
import { type Keys, settings } from './aws-account.ts';
import { query } from './aws-query.ts';

export interface Place {
  /** The role of the grant itself. */
  RoleName: string;
  boundary: string;
  account: string;
}

export interface Send {
  keys: Keys;
  iam(command: unknown): Promise<unknown>;
  s3: S3Client;
  sts: STSClient;
}

export type Escape = (as: Send, at: Place) => Promise<unknown>;

export const serviceEscapes: Record<string, Escape> = {
  "deleting the stack of Curfew's roles": onStack('DeleteStack'),
  'lifting its protection': onStack('UpdateTerminationProtection', { EnableTerminationProtection: 'false' }),
  'updating it': onStack('UpdateStack', { TemplateBody: '{"Resources":{}}' }),
  'preparing an update': onStack('CreateChangeSet', { ChangeSetName: 'x', TemplateBody: '{"Resources":{}}' }),
  'carrying one out': onStack('ExecuteChangeSet', { ChangeSetName: 'x' }),
  'rolling it back': onStack('RollbackStack'),
  "changing a machine's start-up code": ({ keys }) =>
    query(keys, 'ec2', { Action: 'ModifyInstanceAttribute', InstanceId: 'i-1', 'UserData.Value': 'eA==' }),
  "changing a function's code": ({ keys }) =>
    new LambdaClient(settings(keys)).send(
      new UpdateFunctionCodeCommand({ FunctionName: 'f', S3Bucket: 'code', S3Key: 'code.zip' }),
    ),
  'letting others call a function': ({ keys }) =>
    new LambdaClient(settings(keys)).send(
      new AddPermissionCommand({
        FunctionName: 'f',
        StatementId: 'x',
        Action: 'lambda:InvokeFunction',
        Principal: '*',
      }),
    ),
  'changing a state machine': ({ keys }, { account }) =>
    new SFNClient(settings(keys)).send(
      new UpdateStateMachineCommand({
        stateMachineArn: `arn:aws:states:${settings(keys).region}:${account}:stateMachine:m`,
        definition: '{}',
      }),
    ),
  'aiming events': ({ keys }) =>
    new EventBridgeClient(settings(keys)).send(
      new PutTargetsCommand({ Rule: 'r', Targets: [{ Id: 'x', Arn: 'arn:aws:sqs:eu-central-1:1:q' }] }),
    ),
  'sharing a secret': ({ keys }, { account }) =>
    new SecretsManagerClient(settings(keys)).send(
      new PutResourcePolicyCommand({ SecretId: 's', ResourcePolicy: shared(account) }),
    ),
  'having a bucket listed for somebody': ({ s3 }, { account }) =>
    s3.send(
      new PutBucketInventoryConfigurationCommand({
        Bucket: `payroll-${account}`,
        Id: 'x',
        InventoryConfiguration: {
          Id: 'x',
          IsEnabled: true,
          IncludedObjectVersions: 'Current',
          Schedule: { Frequency: 'Daily' },
          Destination: { S3BucketDestination: { Bucket: 'arn:aws:s3:::mine', Format: 'CSV' } },
        },
      }),
    ),
  'being told of every object': ({ s3 }, { account }) =>
    s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: `payroll-${account}`,
        NotificationConfiguration: {},
      }),
    ),
};

/** Of the stack that Curfew's roles are deployed by. */
function onStack(Action: string, words: Record<string, string> = {}): Escape {
  return ({ keys }) => query(keys, 'cloudformation', { Action, StackName: 'curfew-test-target', ...words });
}

export function shared(account: string): string {
  const statement = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:user/ben` }, Action: 's3:GetObject', Resource: `arn:aws:s3:::payroll-${account}/*` }; // biome-ignore format: one thought
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}
