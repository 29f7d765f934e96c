/** Why a rule of cdk-nag does not hold somewhere, and why a statement speaks of more than one resource: each with its reason. */
import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Marks what was found at a construct, or below it, as meant. */
export function acknowledge(at: IConstruct, findings: Record<string, string>): void {
  for (const [id, reason] of Object.entries(findings)) Validations.of(at).acknowledge({ id, reason });
}

/** Why a statement of a connector role, by its name, speaks of more than one thing: shared/connectors/aws-iam/permissions.ts. */
export const widerInTargets: Record<string, string> = {
  ReadAccount: 'IAM has no resource for reading how full the account is, nor for listing roles.',
  ReadRoles: 'A role of the same name below another path is seen, so that it is not taken for ours.',
  ReadPolicies: 'Which of AWS’s own policies a grant has, flows say, and they change without this stack.',
  ReadMembers: 'Whom a grant is for, and where they are members already, is read before anything is changed.',
  MakeRoles: 'A role for each grant, named after it: the names come with the grants.',
  AttachPolicies:
    'A role for each grant, named after it; the policies are AWS’s own, and the boundary limits both.',
  TrustGrantees: 'A role for each grant, named after it; the boundary limits it.',
  MarkRoles: 'A role for each grant, named after it; the tags are Curfew’s own.',
  MoveEnds: 'A role for each grant, named after it.',
  CutRoles: 'A role for each grant, named after it. The one boundary that it can set denies everything.',
  EndRoles: 'A role for each grant, named after it.',
  RemoveMembers:
    'Taking somebody out must work for a group that left the configuration, and for a profile of any name: it only takes away.',
};

/** The only statements whose resource is `*`, by their actions: AWS knows no narrower one for them. */
export const everyResource: Record<string, string> = {
  'xray:PutTraceSegments': 'X-Ray has no resources for traces.',
  'xray:PutTelemetryRecords': 'X-Ray has no resources for telemetry.',
  'xray:GetSamplingRules': 'X-Ray has no resources for reading how to sample.',
  'xray:GetSamplingTargets': 'X-Ray has no resources for reading how to sample.',
  'logs:CreateLogDelivery': 'Log delivery, by which Step Functions writes its log, has no resources.',
  'logs:GetLogDelivery': 'Log delivery has no resources.',
  'logs:UpdateLogDelivery': 'Log delivery has no resources.',
  'logs:DeleteLogDelivery': 'Log delivery has no resources.',
  'logs:ListLogDeliveries': 'Log delivery has no resources.',
  'logs:PutResourcePolicy': 'Resource policies of CloudWatch Logs belong to the account.',
  'logs:DescribeResourcePolicies': 'Resource policies of CloudWatch Logs belong to the account.',
  'logs:DescribeLogGroups': 'Listing log groups has no resource of its own.',
  'ec2:CreateNetworkInterface':
    'Lambda makes the interface before there is anything to name (stages with a VPC only).',
  'ec2:DescribeNetworkInterfaces': 'Describing has no resources.',
  'ec2:DescribeSubnets': 'Describing has no resources.',
  'ec2:DeleteNetworkInterface': 'The interface has a name only once it is there.',
  'ec2:AssignPrivateIpAddresses': 'The interface has a name only once it is there.',
  'ec2:UnassignPrivateIpAddresses': 'The interface has a name only once it is there.',
  'iam:GetAccountSummary': 'IAM has no resource for it.',
  'iam:ListRoles': 'IAM has no resource for it.',
};
