/** Reads templates as CloudFormation would fill them in: references become the ARNs and names that will be there. */
import type { Resource, Synthesised, Template } from './synth.ts';

export const hub = '111111111111';
const region = 'eu-central-1';

const pseudo: Record<string, string> = {
  'AWS::Partition': 'aws',
  'AWS::Region': region,
  'AWS::AccountId': hub,
  'AWS::URLSuffix': 'amazonaws.com',
};

/** Fills in a value of a stack. What is not known before it is there stays `${Id.Attribute}`. */
export function resolver({ stacks }: Pick<Synthesised, 'stacks'>, part: string) {
  const template = stacks[part] as Template;
  const fill = (value: any): any => {
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value !== 'object' || value === null) return value;
    const [[name, given] = []] = Object.entries<any>(value);
    if (name === 'Ref') return pseudo[given] ?? parameterOf(template, given) ?? nameOf(given, 'Ref');
    if (name === 'Fn::GetAtt') return nameOf(given[0], given[1]);
    if (name === 'Fn::Join') return fill(given[1]).join(given[0]);
    if (name === 'Fn::Split') return fill(given[1]).split(given[0]);
    if (name === 'Fn::Select') return fill(given[1])[given[0]];
    if (name === 'Fn::ImportValue') return imported(stacks, String(given));
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fill(one)]));
  };
  const nameOf = (id: string, attribute: string): string => {
    const resource = template.Resources[id];
    const known = resource && knownName(resource, attribute, fill);
    return known ?? `\${${id}.${attribute}}`;
  };
  return fill;
}

function parameterOf({ Parameters }: Template, name: string): string | undefined {
  return Parameters?.[name] && (Parameters[name].Default ?? hub);
}

function imported(stacks: Record<string, Template>, name: string): string {
  for (const [part, { Outputs = {} }] of Object.entries(stacks))
    for (const { Value, Export } of Object.values(Outputs))
      if (Export?.Name === name) return resolver({ stacks }, part)(Value);
  throw new Error(`nothing exports ${name}`);
}

const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${hub}:${resource}`;

function knownName(
  { Type, Properties: p }: Resource,
  attribute: string,
  fill: (value: any) => any,
): string | undefined {
  const key = `${Type} ${attribute}`;
  const names: Record<string, () => string> = {
    'AWS::DynamoDB::Table Ref': () => p['TableName'],
    'AWS::DynamoDB::Table Arn': () => arn('dynamodb', `table/${p['TableName']}`),
    'AWS::DynamoDB::Table StreamArn': () => arn('dynamodb', `table/${p['TableName']}/stream/1`),
    'AWS::KMS::Key Arn': () => arn('kms', 'key/of-the-table'),
    'AWS::Events::EventBus Ref': () => p['Name'],
    'AWS::Events::EventBus Arn': () => arn('events', `event-bus/${p['Name']}`),
    'AWS::SQS::Queue Arn': () => arn('sqs', p['QueueName']),
    'AWS::SQS::Queue QueueName': () => p['QueueName'],
    'AWS::Lambda::Function Ref': () => p['FunctionName'],
    'AWS::Lambda::Function Arn': () => arn('lambda', `function:${p['FunctionName']}`),
    'AWS::Lambda::Alias Ref': () => arn('lambda', `function:${fill(p['FunctionName'])}:${p['Name']}`),
    'AWS::Logs::LogGroup Ref': () => p['LogGroupName'],
    'AWS::IAM::Role Arn': () => `arn:aws:iam::${hub}:role${p['Path'] ?? '/'}${p['RoleName']}`,
    'AWS::StepFunctions::StateMachine Arn': () => arn('states', `stateMachine:${p['StateMachineName']}`),
    'AWS::StepFunctions::StateMachineAlias Arn': () =>
      arn('states', `stateMachine:curfew-production-grant:${p['Name']}`),
  };
  return names[key]?.();
}

export interface Statement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action: string[];
  Resource: string[];
  Condition?: Record<string, Record<string, string | string[]>>;
  Principal?: any;
}

/** The statements of a role's own policies, or of what trusts it, filled in. */
export function statementsOf(fill: (value: any) => any, document: any): Statement[] {
  return fill(document.Statement).map((one: any) => ({
    ...one,
    Action: [one.Action].flat(),
    ...(one.Resource !== undefined && { Resource: [one.Resource].flat() }),
  }));
}

export function ofType(template: Template | undefined, type: string): [string, Resource][] {
  return Object.entries(template?.Resources ?? {}).filter(([, resource]) => resource.Type === type);
}
