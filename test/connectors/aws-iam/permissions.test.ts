/** The connector roles: what each may do, and above all what it may not. */
import { describe, expect, test } from 'vitest';
import { boundaryArn, connectorRoleArn, type Duty, duties, endedBoundaryArn } from '../../../shared/connectors/aws-iam/names.ts'; // biome-ignore format: one line
import { dutyPolicy } from '../../../shared/connectors/aws-iam/permissions.ts';
import { limits, textOf } from '../../../shared/connectors/aws-iam/policy.ts';
import { account, decide } from './simulate.ts';

const place = { account, installation: 'local', groups: ['ops'] };
const made = `arn:aws:iam::${account}:role/curfew/local-gr_1`;
const boundary = boundaryArn(account);
const bounded = { 'iam:PermissionsBoundary': boundary };
const ended = { 'iam:PermissionsBoundary': endedBoundaryArn };
const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const ops = `arn:aws:iam::${account}:group/ops`;
const user = `arn:aws:iam::${account}:user/mia`;
/** Whatever is not a role of this installation's grants. */
const foreign = [
  ...duties.map((duty) => connectorRoleArn(account, 'local', duty)),
  `arn:aws:iam::${account}:role/curfew/other-gr_1`,
  `arn:aws:iam::${account}:role/local-gr_1`,
  `arn:aws:iam::${account}:role/Admin`,
];

/** The tags of a request that marks a role. */
const marked = { 'aws:RequestTag/curfew:installation': 'local', 'aws:RequestTag/curfew:grant': 'gr_1', 'aws:TagKeys': ['curfew:installation', 'curfew:grant'] }; // biome-ignore format: one line

type Request = [action: string, resource?: string, context?: Record<string, string | string[]>];

const may: Record<Duty, Request[]> = {
  reader: [
    ['iam:GetRole', made],
    ['iam:GetRole', `arn:aws:iam::${account}:role/local-gr_1`],
    ['iam:ListRoles'],
    ['iam:GetAccountSummary'],
    ['iam:GetPolicy', readOnly],
    ['iam:ListEntitiesForPolicy', boundary],
    ['iam:ListGroupsForUser', user],
    ['iam:GetGroup', ops],
    ['iam:SimulatePrincipalPolicy', connectorRoleArn(account, 'local', 'granter')],
  ],
  granter: [
    ['iam:CreateRole', made, bounded],
    ['iam:TagRole', made, marked],
    ['iam:PutRolePolicy', made, bounded],
    ['iam:AttachRolePolicy', made, { ...bounded, 'iam:PolicyARN': readOnly }],
    ['iam:UpdateAssumeRolePolicy', made, bounded],
    ['iam:AddUserToGroup', ops],
  ],
  extender: [['iam:PutRolePolicy', made, bounded]],
  revoker: [
    ['iam:PutRolePermissionsBoundary', made, ended],
    ['iam:DeleteRole', made],
    ['iam:DeleteRolePolicy', made],
    ['iam:DetachRolePolicy', made, { 'iam:PolicyARN': readOnly }],
    ['iam:RemoveUserFromGroup', `arn:aws:iam::${account}:group/any`],
    ['iam:CreatePolicyVersion', boundary],
    ['iam:DeletePolicyVersion', boundary],
  ],
};

const mayNot: Record<Duty, Request[]> = {
  reader: [...may.granter, ...may.extender, ...may.revoker.slice(0, 7)],
  granter: [
    ['iam:CreateRole', made],
    ['iam:CreateRole', made, { 'iam:PermissionsBoundary': readOnly }],
    ['iam:PutRolePolicy', made],
    ['iam:PutRolePolicy', made, ended],
    ['iam:AttachRolePolicy', made, { 'iam:PolicyARN': readOnly }],
    ['iam:AttachRolePolicy', made, { ...bounded, 'iam:PolicyARN': `arn:aws:iam::${account}:policy/mine` }],
    ['iam:UpdateAssumeRolePolicy', made],
    ['iam:UpdateAssumeRolePolicy', made, ended],
    ['iam:TagRole', made],
    ['iam:TagRole', made, { ...marked, 'aws:RequestTag/curfew:installation': 'other' }],
    ['iam:TagRole', made, { ...marked, 'aws:TagKeys': ['curfew:installation', 'department'] }],
    ['iam:PutRolePermissionsBoundary', made, bounded],
    ['iam:DeleteRolePermissionsBoundary', made, bounded],
    ['iam:AddUserToGroup', `arn:aws:iam::${account}:group/admins`],
    ['iam:PassRole', made],
    ['sts:AssumeRole', made],
    ...may.revoker,
    ...foreign.flatMap((role): Request[] => [
      ['iam:CreateRole', role, bounded],
      ['iam:PutRolePolicy', role, bounded],
      ['iam:AttachRolePolicy', role, { ...bounded, 'iam:PolicyARN': readOnly }],
      ['iam:UpdateAssumeRolePolicy', role, bounded],
      ['iam:TagRole', role, marked],
    ]),
  ],
  extender: [
    ['iam:PutRolePolicy', made],
    ['iam:PutRolePolicy', made, ended],
    ...foreign.map((role): Request => ['iam:PutRolePolicy', role, bounded]),
    ...may.granter.filter(([action]) => action !== 'iam:PutRolePolicy'),
    ...may.revoker,
  ],
  revoker: [
    ...may.granter,
    ['iam:PutRolePermissionsBoundary', made, bounded],
    ['iam:PutRolePermissionsBoundary', made, { 'iam:PermissionsBoundary': readOnly }],
    ['iam:DeleteRolePermissionsBoundary', made, bounded],
    ['iam:DeletePolicy', boundary],
    ['iam:CreatePolicyVersion', `arn:aws:iam::${account}:policy/curfew/other`],
    ...foreign.flatMap((role): Request[] => [
      ['iam:DeleteRole', role],
      ['iam:DeleteRolePolicy', role],
      ['iam:DetachRolePolicy', role, { 'iam:PolicyARN': readOnly }],
      ['iam:PutRolePermissionsBoundary', role, ended],
    ]),
  ],
};

const asks = (duty: Duty, [action, resource, context]: Request) =>
  decide({
    action,
    policies: [dutyPolicy(duty, place)],
    principal: `arn:aws:sts::${account}:assumed-role/local-${duty}/curfew-local`,
    ...(resource && { resource }),
    ...(context && { context }),
  });

describe.each(duties)('the %s', (duty) => {
  test.each(may[duty])('may do %s on %s', async (...request) => {
    expect(await asks(duty, request)).toBe('Allowed');
  });

  test.each(mayNot[duty])('may not do %s on %s', async (...request) => {
    expect(await asks(duty, request)).toBe('ImplicitlyDenied');
  });

  test('has a policy that fits into a role', () => {
    const groups = Array.from({ length: 40 }, (_, n) => `a-group-with-a-rather-long-name-${n}`);
    expect(textOf(dutyPolicy(duty, { ...place, groups })).length).toBeLessThan(limits.roleInline);
  });
});

test('nobody can be put into a group where none is on offer', async () => {
  const policies = [dutyPolicy('granter', { ...place, groups: [] })];
  expect(await decide({ action: 'iam:AddUserToGroup', resource: ops, policies })).toBe('ImplicitlyDenied');
});
