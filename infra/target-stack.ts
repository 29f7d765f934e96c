/**
 * What a target account needs: the four connector roles, which only the functions of the hub that need one may take on, and the
 * boundary of the roles that grants are given. Its later versions are the connector's own, not CloudFormation's.
 */
import { Aws, CfnParameter, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AccountPrincipal,
  CfnManagedPolicy,
  type IPrincipal,
  PolicyDocument,
  PrincipalWithConditions,
  Role,
} from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { boundaryFirst } from '../shared/connectors/aws-iam/boundary-first.ts';
import {
  boundaryName,
  connectorRoleName,
  duties,
  type Duty,
  path,
} from '../shared/connectors/aws-iam/names.ts';
import { dutyPolicy } from '../shared/connectors/aws-iam/permissions.ts';
import type { Stage } from './config.ts';
import { functionNames } from './function-names.ts';
import { names } from './names.ts';
import { kept } from './removal.ts';
import { acknowledge, widerInTargets } from './reasons.ts';
import { rights } from './rights.ts';

export interface TargetStackProps extends StackProps {
  stage: Stage;
  installation: string;
  /** Each integration of the account has one. */
  externalIds: string[];
  groups: string[];
}

export class TargetStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { stage, installation, externalIds, groups, ...props }: TargetStackProps,
  ) {
    // Without its roles nothing is revoked in the account: the stack is not destroyed by mistake.
    super(scope, id, { ...props, terminationProtection: stage.production });
    const hub = hubOf(this, stage);
    const boundary = new CfnManagedPolicy(this, 'Boundary', {
      managedPolicyName: boundaryName,
      path,
      // No description: to change one is to replace the policy.
      policyDocument: boundaryFirst,
    });
    boundary.applyRemovalPolicy(kept);
    acknowledge(boundary, {
      'AwsSolutions-IAM5[Action::*]':
        'A boundary gives nothing: it allows everything first, to take away from that.',
      'AwsSolutions-IAM5[Resource::*]':
        'A boundary gives nothing: it allows everything first, to take away from that.',
    });
    for (const duty of duties) {
      const policy = dutyPolicy(duty, { account: this.account, installation, groups });
      const role = new Role(this, duty, {
        roleName: connectorRoleName(installation, duty),
        path: `${path}connector/`,
        description: `Curfew's ${duty}: see docs/connectors/aws-iam.md.`,
        assumedBy: trusted(stage, hub, duty, externalIds),
        inlinePolicies: { duty: PolicyDocument.fromJson(policy) },
      });
      acknowledge(role, findingsOf(policy));
    }
  }
}

/** Every resource of the policy that is a pattern, with the reason of its statement. Throws where none is written. */
function findingsOf({ Statement }: ReturnType<typeof dutyPolicy>): Record<string, string> {
  const found = Statement.flatMap(({ Sid, Resource }) =>
    [Resource]
      .flat()
      .filter((resource) => resource.includes('*'))
      .map((resource) => [resource.replaceAll(Aws.ACCOUNT_ID, '<AWS::AccountId>'), Sid] as const),
  );
  const findings: Record<string, string> = {};
  for (const [resource, sid] of found) {
    const id = `AwsSolutions-IAM5[Resource::${resource}]`;
    const reason = widerInTargets[sid];
    if (!reason) throw new Error(`infra/reasons.ts has no reason for the statement ${sid}`);
    findings[id] = [findings[id], reason].filter(Boolean).join(' ');
  }
  return findings;
}

/** The account whose functions are trusted, by its number. */
function hubOf(scope: Construct, stage: Stage): string {
  if (stage.targetOnly) return Aws.ACCOUNT_ID;
  return new CfnParameter(scope, 'HubAccount', {
    description: 'The account that Curfew runs in: its functions are trusted.',
    allowedPattern: '\\d{12}',
    ...(stage.account && { default: stage.account }),
  }).valueAsString;
}

/** The account as a whole, narrowed to the roles that may: a role that is made anew keeps its trust, since it is known by name. */
function trusted(stage: Stage, hub: string, duty: Duty, externalIds: string[]): IPrincipal {
  const functions = stage.targetOnly
    ? []
    : functionNames.filter((name) => rights[name].includes(`become ${duty}`));
  const roles = [
    ...functions.map((name) => `arn:${Aws.PARTITION}:iam::${hub}:role/${names.function(stage, name)}`),
    ...stage.trustedPrincipals,
  ];
  return new PrincipalWithConditions(new AccountPrincipal(hub), {
    StringEquals: { 'sts:ExternalId': externalIds },
    ...(roles.length > 0 && { ArnEquals: { 'aws:PrincipalArn': roles } }),
  });
}
