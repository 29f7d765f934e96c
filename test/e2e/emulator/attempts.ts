/** Each right of the rights table as one call that needs it and changes nothing, made with somebody's credentials. */
import {
  BatchGetItemCommand,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Right } from '../../../infra/rights.ts';
import type { AwsKey } from '../places/invoices.ts';
import { deployed, executionArn } from './hub.ts';

/** What Lambda does for a function, from inside: the emulator refuses both to everybody who comes from outside. */
export const byLambdaAlone: readonly Right[] = ['read stream', 'take messages'];
type Tried = Exclude<Right, 'read stream' | 'take messages'>;

/** What no function may do, whatever its row. */
type Forbidden =
  | 'scan the table'
  | 'stop executions'
  | 'make users'
  | 'change secrets'
  | 'read other secrets'
  | 'call other functions'
  | 'call past the alias';

const { TableName, MachineArn, BusName, SecretPrefix } = deployed.outputs;
const nobody = { pk: { S: 'NOBODY' }, sk: { S: 'NOBODY' } };
const partition = {
  TableName,
  KeyConditionExpression: '#p = :p',
  ExpressionAttributeValues: { ':p': { S: 'NOBODY' } },
};

type Attempt = (key: AwsKey) => Promise<unknown>;

/** `taskToken`: of a wait that was there once. Of what never was nobody could tell whose it is. */
export const attemptsOf = (taskToken: string): Record<Tried | Forbidden, Attempt> => ({
  'read items': (key) => table(key).send(new GetItemCommand({ TableName, Key: nobody })),
  'list items': (key) =>
    table(key).send(new QueryCommand({ ...partition, ExpressionAttributeNames: { '#p': 'pk' } })),
  'search items': async (key) => {
    const ExpressionAttributeNames = { '#p': 'due_p' };
    await table(key).send(new QueryCommand({ ...partition, IndexName: 'due', ExpressionAttributeNames }));
    await table(key).send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [nobody] } } }));
  },
  // The check never holds, so that nothing is written.
  'write items': (key) => table(key).send(new TransactWriteItemsCommand({ TransactItems: [put, check] })),
  'wake executions': (key) => sfn(key).send(new SendTaskSuccessCommand({ taskToken, output: '{}' })),
  'start executions': (key) =>
    sfn(key).send(
      new StartExecutionCommand({ stateMachineArn: MachineArn, input: 'no JSON, so that none begins' }),
    ),
  // What is no payload of theirs they refuse before they look at anything.
  'call extend-access': (key) => call(key, 'extend-access:live'),
  'call issue-credentials': (key) => call(key, 'issue-credentials:live'),
  'call check-integration': (key) => call(key, 'check-integration:live'),
  'read secrets': (key) =>
    secrets(key).send(new GetSecretValueCommand({ SecretId: `${SecretPrefix}orders-db` })),
  'become reader': (key) => become(key, 'reader'),
  'become granter': (key) => become(key, 'granter'),
  'become extender': (key) => become(key, 'extender'),
  'become revoker': (key) => become(key, 'revoker'),
  'put events': (key) =>
    new EventBridgeClient(options(key)).send(
      new PutEventsCommand({
        Entries: [{ EventBusName: BusName, Source: 'test', DetailType: 'Nothing', Detail: '{}' }],
      }),
    ),
  'scan the table': (key) => table(key).send(new ScanCommand({ TableName, Limit: 1 })),
  'stop executions': (key) =>
    sfn(key).send(new StopExecutionCommand({ executionArn: executionArn('nobody') })),
  'make users': (key) => new IAMClient(options(key)).send(new CreateUserCommand({ UserName: 'intruder' })),
  'change secrets': (key) =>
    secrets(key).send(new PutSecretValueCommand({ SecretId: `${SecretPrefix}nothing`, SecretString: 'x' })),
  'read other secrets': (key) => secrets(key).send(new GetSecretValueCommand({ SecretId: 'somebody-elses' })),
  'call other functions': (key) => call(key, 'revoke-access:live'),
  'call past the alias': (key) => call(key, 'extend-access'),
});

const put = {
  Put: { TableName, Item: { ...nobody, version: { N: '1' } } },
};
const check = {
  ConditionCheck: {
    TableName,
    Key: { pk: { S: 'NOBODY' }, sk: { S: 'AT ALL' } },
    ConditionExpression: 'attribute_exists(pk)',
  },
};

/** Does the emulator deny it? Any other failure comes after the right was found to be there. */
export async function isDenied(attempt: Attempt, key: AwsKey): Promise<boolean> {
  return attempt(key).then(
    () => false,
    (error: Error) => /AccessDenied|Forbidden|not authorized/i.test(`${error.name} ${error.message}`),
  );
}

/** With nothing in it. What comes of that is not looked at. */
export function call(key: AwsKey, name: string): Promise<unknown> {
  const command = new InvokeCommand({ FunctionName: `curfew-${deployed.stage}-${name}`, Payload: '{}' });
  return new LambdaClient(options(key)).send(command);
}

function become(key: AwsKey, duty: string): Promise<unknown> {
  const RoleArn = `arn:aws:iam::${deployed.account}:role/curfew/connector/e2e-${duty}`;
  const ExternalId = `curfew-e2e-${deployed.account}`;
  return new STSClient(options(key)).send(
    new AssumeRoleCommand({ RoleArn, ExternalId, RoleSessionName: 'attempt' }),
  );
}

function options(credentials: AwsKey) {
  return { endpoint: deployed.endpoint, region: deployed.region, credentials };
}

const table = (key: AwsKey) => new DynamoDBClient(options(key));
const sfn = (key: AwsKey) => new SFNClient(options(key));
const secrets = (key: AwsKey) => new SecretsManagerClient(options(key));
