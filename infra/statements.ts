/** What each right of the rights table is in IAM: actions by name, and exactly the resources that they are for. */
import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { globalIndexes } from '../shared/aws/dynamo-schema.ts';
import { connectorRoleArn, type Duty } from '../shared/connectors/aws-iam/names.ts';
import { arnHere } from './arn.ts';
import type { CalledFunction } from './function-names.ts';
import type { Right } from './rights.ts';

/** Where the rights hold: ARNs of what there is. */
export interface Place {
  tableArn: string;
  streamArn: string;
  keyArn: string;
  busArn: string;
  machineArn: string;
  /** Of the aliases by which the API calls. */
  calledArns: Record<CalledFunction, string>;
  /** The queue of delayed messages. */
  queueArn: string;
  secretPrefix: string;
  installation: string;
  targetAccounts: string[];
}

export function statementsFor(rights: readonly Right[], place: Place): PolicyStatement[] {
  return [
    ...tableStatements(rights, place),
    ...rights.flatMap((right) => (isOfTable(right) ? [] : elsewhere[right](place))),
  ];
}

/** What is allowed on the table. A transaction is allowed by the actions that it is made of. */
const onTable = {
  'read items': 'dynamodb:GetItem',
  'list items': 'dynamodb:Query',
  // An index gives keys alone: the items are read by them.
  'search items': 'dynamodb:BatchGetItem',
  'write items': ['dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:ConditionCheckItem'],
} satisfies Partial<Record<Right, string | string[]>>;

function isOfTable(right: Right): right is keyof typeof onTable {
  return Object.hasOwn(onTable, right);
}

/** What DynamoDB asks for at least, of whoever uses a table with a key of its own. */
const keyActions = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

function tableStatements(rights: readonly Right[], place: Place): PolicyStatement[] {
  const actions = rights.filter(isOfTable).flatMap((right) => onTable[right]);
  if (actions.length === 0) return [];
  const indexes = globalIndexes.map((index) => `${place.tableArn}/index/${index}`);
  return [
    allow(actions, [place.tableArn]),
    ...(rights.includes('search items') ? [allow(['dynamodb:Query'], indexes)] : []),
    throughDynamo(keyActions, place),
  ];
}

const elsewhere: Record<Exclude<Right, keyof typeof onTable>, (place: Place) => PolicyStatement[]> = {
  'wake executions': ({ machineArn }) => [allow(['states:SendTaskSuccess'], [machineArn])],
  // AWS checks the machine's own ARN, whichever alias it is started by.
  'start executions': ({ machineArn }) => [allow(['states:StartExecution'], [machineArn])],
  'call extend-access': (place) => call('extend-access', place),
  'call issue-credentials': (place) => call('issue-credentials', place),
  'call check-integration': (place) => call('check-integration', place),
  'read secrets': ({ secretPrefix }) => [
    allow(['secretsmanager:GetSecretValue'], [arnHere('secretsmanager', `secret:${secretPrefix}*`)]),
  ],
  'become reader': (place) => become('reader', place),
  'become granter': (place) => become('granter', place),
  'become extender': (place) => become('extender', place),
  'become revoker': (place) => become('revoker', place),
  'put events': ({ busArn }) => [allow(['events:PutEvents'], [busArn])],
  // Lambda refuses the mapping of a role that lacks one of these.
  'read stream': (place) => [
    allow(
      ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((name) => `dynamodb:${name}`),
      [place.streamArn],
    ),
    throughDynamo(['kms:Decrypt', 'kms:DescribeKey'], place),
  ],
  'take messages': ({ queueArn }) => [
    allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [queueArn]),
  ],
};

/** DynamoDB uses the key with the caller's rights; the caller itself can do nothing with it. */
function throughDynamo(actions: string[], { keyArn }: Place): PolicyStatement {
  const service = `dynamodb.${Aws.REGION}.${Aws.URL_SUFFIX}`;
  return allow(actions, [keyArn], { StringEquals: { 'kms:ViaService': service } });
}

/** By its alias, and by no other way to it. */
function call(name: CalledFunction, { calledArns }: Place): PolicyStatement[] {
  return [allow(['lambda:InvokeFunction'], [calledArns[name]])];
}

function become(duty: Duty, { installation, targetAccounts }: Place): PolicyStatement[] {
  if (targetAccounts.length === 0) return [];
  const roles = targetAccounts.map((account) => connectorRoleArn(account, installation, duty));
  return [allow(['sts:AssumeRole'], roles)];
}

function allow(
  actions: string[],
  resources: string[],
  conditions: Record<string, Record<string, string>> = {},
): PolicyStatement {
  return new PolicyStatement({ actions, resources, conditions });
}
