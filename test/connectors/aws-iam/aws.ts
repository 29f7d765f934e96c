/** The connector with AWS's answers written down, one by one: for what no emulator answers, or not in that order. */
import {
  CreateRoleCommand,
  GetAccountSummaryCommand,
  GetRoleCommand,
  IAMClient,
  IAMServiceException,
  ListAttachedRolePoliciesCommand,
  ListInstanceProfilesForRoleCommand,
  ListRolePoliciesCommand,
  type Role,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { createAwsIam } from '../../../shared/connectors/aws-iam/aws-iam.ts';
import { boundaryArn, endedBoundaryArn } from '../../../shared/connectors/aws-iam/names.ts';
import { textOf } from '../../../shared/connectors/aws-iam/policy.ts';
import { trustOf } from '../../../shared/connectors/aws-iam/grant-policy.ts';
import type { Call, Connector, Intent } from '../../../shared/connectors/contract.ts';
import type { Receipt } from '../../../shared/model/grant.ts';

export const account = '222233334444';
export const mia = `arn:aws:iam::${account}:user/mia`;
export const grantId = 'gr_01k0000000000000000000000a';
export const role = `local-${grantId}`;
export const roleArn = `arn:aws:iam::${account}:role/curfew/${role}`;
export const end = new Date('2026-12-01T13:00:00Z');
const startMs = Date.parse('2026-12-01T12:00:00Z');

export const iam = mockClient(IAMClient);
export const sts = mockClient(STSClient);

export interface Rig {
  connector: Connector;
  call(over?: Partial<Call>): Call;
  /** Moves the clock. */
  pass(seconds: number): void;
}

/** Sessions open, lists are empty, there is room, and no role is there; what a case is about it answers itself. */
export function rig(): Rig {
  iam.reset();
  sts.reset();
  sts.on(AssumeRoleCommand).callsFake(async () => ({ Credentials: session(nowMs) }));
  iam.onAnyCommand().resolves({});
  iam.on(GetRoleCommand).rejects(refusal('NoSuchEntity', 404));
  iam.on(CreateRoleCommand).resolves({});
  iam.on(ListAttachedRolePoliciesCommand).resolves({ AttachedPolicies: [] });
  iam.on(ListRolePoliciesCommand).resolves({ PolicyNames: [] });
  iam.on(ListInstanceProfilesForRoleCommand).resolves({ InstanceProfiles: [] });
  iam.on(GetAccountSummaryCommand).resolves({ SummaryMap: { Roles: 4, RolesQuota: 1000, AttachedPoliciesPerRoleQuota: 10, GroupsPerUserQuota: 10 } }); // biome-ignore format: one line
  let nowMs = startMs;
  const clock = { now: () => nowMs, sleepUntil: () => Promise.resolve() };
  return {
    connector: createAwsIam({ clock }),
    call: (over = {}) => ({
      integration,
      installation: 'local',
      signal: new AbortController().signal,
      deadlineMs: nowMs + 20_000,
      ...over,
    }),
    pass: (seconds) => void (nowMs += seconds * 1000),
  };
}

export const integration = {
  id: 'aws',
  name: 'AWS account',
  kind: 'aws-iam' as const,
  environment: 'prod',
  target: {
    account,
    externalId: 'curfew-local-0123456789',
    region: 'eu-central-1',
    resources: {
      s3: { permissions: { read: { buckets: ['reports'], access: 'read' } } },
      account: { permissions: { audit: { managedPolicies: ['arn:aws:iam::aws:policy/SecurityAudit'] } } },
      ops: { permissions: { member: { group: 'ops' } } },
    },
  },
};

export function anIntent(over: Partial<Intent> = {}): Intent {
  return {
    grantId,
    resource: 's3',
    permission: 'read',
    grantee: { id: 'mia', name: 'Mia' },
    login: mia,
    ...over,
  };
}

/** Of a role with access to a bucket, or with managed policies. */
export function aReceipt(names: Record<string, string> = { buckets: 'reports', access: 'read' }): Receipt {
  return {
    artefact: roleArn,
    shared: false,
    stood: false,
    names: { account, role, grantId, grantee: 'mia', principal: mia, ...names },
  };
}

export function aMembership(): Receipt {
  return { artefact: 'group/ops/user/mia', shared: true, stood: false, names: { account, group: 'ops', user: 'mia', userId: 'AIDA1' } }; // biome-ignore format: one line
}

/** The grant's role as IAM tells of it. */
export function aRole(over: Partial<Role> = {}): { Role: Role } {
  return {
    Role: {
      Path: '/curfew/',
      RoleName: role,
      RoleId: 'AROA1',
      Arn: roleArn,
      CreateDate: new Date(startMs),
      AssumeRolePolicyDocument: encodeURIComponent(textOf(trustOf(mia))),
      PermissionsBoundary: { PermissionsBoundaryArn: boundaryArn(account) },
      Tags: [{ Key: 'curfew:grant', Value: grantId }],
      ...over,
    },
  };
}

export const ended = { PermissionsBoundary: { PermissionsBoundaryArn: endedBoundaryArn } };

/** What AWS refuses with; `attempts` as the SDK counts them. */
export function refusal(name: string, status = 400, message = `${name}, says AWS.`, attempts = 1): Error {
  return new IAMServiceException({
    name,
    message,
    $fault: status < 500 ? 'client' : 'server',
    $metadata: { httpStatusCode: status, attempts },
  });
}

/** Names of what was asked of IAM that changes something, in order. */
export function changes(): string[] {
  return iam
    .calls()
    .map(({ args }) => args[0].constructor.name.replace('Command', ''))
    .filter((name) => !/^(Get|List|Simulate)/.test(name));
}

export function session(nowMs: number) {
  return {
    AccessKeyId: 'ASIA1',
    SecretAccessKey: 's',
    SessionToken: 't',
    Expiration: new Date(nowMs + 3600_000),
  };
}
