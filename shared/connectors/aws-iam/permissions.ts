/**
 * What the four connector roles of a target account may do, as data: the stack makes their policies of it, and tests try it
 * out. A function of Curfew's assumes only those that its work needs, so none of them alone can grant, extend and revoke.
 */
import { boundaryArn, connectorRoleArn, type Duty, duties, endedBoundaryArn, roleArns } from './names.ts';
import type { PolicyDocument, Statement } from './policy.ts';

export interface Place {
  account: string;
  installation: string;
  /** IAM groups that the integration has on offer. Into no other group can anybody be put. */
  groups: string[];
}

/** The policy of one connector role. */
export function dutyPolicy(duty: Duty, place: Place): PolicyDocument {
  return { Version: '2012-10-17', Statement: statements[duty](place) };
}

const statements: Record<Duty, (place: Place) => Statement[]> = { reader, granter, extender, revoker };

function reader({ account, installation }: Place): Statement[] {
  return [
    // IAM has no resource for these two: `*` is the only one there is.
    allow('ReadAccount', ['iam:GetAccountSummary', 'iam:ListRoles'], ['*']),
    // A role of the same name below another path is seen, so that it is not taken for ours.
    allow('ReadRoles', ['iam:GetRole'], [`arn:aws:iam::${account}:role/*`]),
    allow(
      'ReadPolicies',
      ['iam:GetPolicy', 'iam:GetPolicyVersion', 'iam:ListEntitiesForPolicy', 'iam:ListPolicyVersions'],
      [boundaryArn(account), 'arn:aws:iam::aws:policy/*'],
    ),
    allow(
      'ReadMembers',
      ['iam:GetGroup', 'iam:GetUser', 'iam:ListGroupsForUser'],
      [`arn:aws:iam::${account}:group/*`, `arn:aws:iam::${account}:user/*`],
    ),
    allow(
      'TryRights',
      ['iam:SimulatePrincipalPolicy'],
      duties.map((duty) => connectorRoleArn(account, installation, duty)),
    ),
  ];
}

/** Makes roles that carry the boundary, fills those and lets people into those, and no others. It removes nothing, and cannot take a boundary off. */
function granter({ account, installation, groups }: Place): Statement[] {
  const roles = [roleArns(account, installation)];
  const bounded = { StringEquals: { 'iam:PermissionsBoundary': boundaryArn(account) } };
  return [
    allow('MakeRoles', ['iam:CreateRole', 'iam:PutRolePolicy'], roles, bounded),
    allow('AttachPolicies', ['iam:AttachRolePolicy'], roles, {
      ...bounded,
      ArnLike: { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/*' },
    }),
    // A role that is being ended carries the boundary no more, so nobody is let into it again.
    allow('TrustGrantees', ['iam:UpdateAssumeRolePolicy'], roles, bounded),
    // Asked for by CreateRole with tags, before there is a role or a boundary: what counts is which tags, Curfew's own alone.
    allow('MarkRoles', ['iam:TagRole'], roles, {
      StringEquals: { 'aws:RequestTag/curfew:installation': installation },
      'ForAllValues:StringEquals': {
        'aws:TagKeys': ['curfew:installation', 'curfew:grant', 'curfew:grantee'],
      },
    }),
    ...(groups.length > 0
      ? [
          allow(
            'AddMembers',
            ['iam:AddUserToGroup'],
            groups.map((group) => `arn:aws:iam::${account}:group/${group}`),
          ),
        ]
      : []),
  ];
}

/** Rewrites the one inline policy of a role that is there and carries the boundary. One that is being ended carries it no more. */
function extender({ account, installation }: Place): Statement[] {
  return [
    allow('MoveEnds', ['iam:PutRolePolicy'], [roleArns(account, installation)], {
      StringEquals: { 'iam:PermissionsBoundary': boundaryArn(account) },
    }),
  ];
}

/**
 * Only takes away. The one boundary that it can set denies everything; the one policy that it can write is nobody's rights, so
 * whatever is written there gives none. Its text is not IAM's to limit: docs/connectors/aws-iam.md says what that means.
 */
function revoker({ account, installation }: Place): Statement[] {
  const roles = [roleArns(account, installation)];
  return [
    allow('CutRoles', ['iam:PutRolePermissionsBoundary'], roles, {
      StringEquals: { 'iam:PermissionsBoundary': endedBoundaryArn },
    }),
    allow(
      'EndRoles',
      [
        'iam:DeleteRole',
        'iam:DeleteRolePolicy',
        'iam:DetachRolePolicy',
        'iam:ListAttachedRolePolicies',
        'iam:ListInstanceProfilesForRole',
        'iam:ListRolePolicies',
      ],
      roles,
    ),
    // Somebody may have put a grant's role into a profile of any name. Any group: one that has left the configuration while
    // grants of it are open must still be left.
    allow(
      'RemoveMembers',
      ['iam:RemoveRoleFromInstanceProfile', 'iam:RemoveUserFromGroup'],
      [...roles, `arn:aws:iam::${account}:instance-profile/*`, `arn:aws:iam::${account}:group/*`],
    ),
    allow(
      'FlipBoundary',
      [
        'iam:CreatePolicyVersion',
        'iam:DeletePolicyVersion',
        'iam:GetPolicyVersion',
        'iam:ListPolicyVersions',
      ],
      [boundaryArn(account)],
    ),
  ];
}

function allow(
  sid: string,
  actions: string[],
  resources: string[],
  condition?: Statement['Condition'],
): Statement {
  const base: Statement = { Sid: sid, Effect: 'Allow', Action: actions, Resource: resources };
  return condition ? { ...base, Condition: condition } : base;
}
