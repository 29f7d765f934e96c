/** What `curfew check` says of an AWS account: each line that is not ok says what to do. */
import {
  GetAccountSummaryCommand,
  GetGroupCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  ListEntitiesForPolicyCommand,
  ListPolicyVersionsCommand,
  ListRolesCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, test } from 'vitest';
import { boundaryLocked, boundaryOpen } from '../../../shared/connectors/aws-iam/boundary.ts';
import { connectorRoleArn, type Duty } from '../../../shared/connectors/aws-iam/names.ts';
import { account, aRole, changes, iam, refusal, rig, type Rig, sts } from './aws.ts';

let at: Rig;
beforeEach(() => {
  at = rig();
  iam.on(ListRolesCommand).resolves({ Roles: [] });
  iam.on(ListEntitiesForPolicyCommand).resolves({ PolicyRoles: [] });
  iam.on(GetGroupCommand).resolves({ Group: { Path: '/' }, Users: [] } as never);
  iam.on(ListPolicyVersionsCommand).resolves({ Versions: [{ VersionId: 'v1', IsDefaultVersion: true }] });
  iam.on(SimulatePrincipalPolicyCommand).callsFake(async ({ ActionNames }: { ActionNames: string[] }) => ({
    EvaluationResults: ActionNames.map((EvalActionName) => ({ EvalActionName, EvalDecision: 'allowed' })),
  }));
  boundaryIs(boundaryOpen);
});

function boundaryIs(document: unknown): void {
  iam
    .on(GetPolicyVersionCommand)
    .resolves({ PolicyVersion: { Document: encodeURIComponent(JSON.stringify(document)) } });
}

const check = () => at.connector.check(at.call());
async function wrong(): Promise<string[]> {
  return (await check()).filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`);
}

test('finds nothing wrong with an account that was prepared, and changes nothing', async () => {
  expect(await wrong()).toEqual([]);
  expect((await check()).map(({ name }) => name)).toEqual([
    'role local-reader',
    'role local-granter',
    'role local-extender',
    'role local-revoker',
    'rights of local-reader',
    'rights of local-granter',
    'rights of local-extender',
    'rights of local-revoker',
    'boundary',
    'room',
    'policy arn:aws:iam::aws:policy/SecurityAudit',
    'group ops',
    'lock-down',
  ]);
  expect(changes()).toEqual([]);
});

describe('connector roles', () => {
  const closed = (duty: Duty) =>
    sts
      .on(AssumeRoleCommand, { RoleArn: connectorRoleArn(account, 'local', duty) })
      .rejects(refusal('AccessDenied', 403));

  test('that do not let Curfew in are named', async () => {
    closed('revoker');
    expect(await wrong()).toEqual([expect.stringMatching(/^role local-revoker: .*does not let Curfew in/)]);
  });

  test('are tried anew, though a session is open still', async () => {
    expect(await wrong()).toEqual([]);
    closed('revoker');
    expect(await wrong()).toEqual([expect.stringMatching(/^role local-revoker: .*does not let Curfew in/)]);
  });

  test('are not blamed for a reader that could tell, and is closed itself', async () => {
    closed('reader');
    closed('granter');
    expect(await wrong()).toEqual([
      expect.stringMatching(/^role local-reader: .*does not let Curfew in/),
      expect.stringMatching(/^role local-granter: .*the reader, who could tell, cannot read it/),
    ]);
  });

  test('but the granter need not be open to whoever checks: it is enough that it is there', async () => {
    closed('granter');
    expect(await wrong()).toEqual([expect.stringMatching(/^role local-granter: .*does not let Curfew in/)]);
    iam.on(GetRoleCommand).resolves(aRole({ Arn: connectorRoleArn(account, 'local', 'granter') }));
    expect(await wrong()).toEqual([]);
    iam.on(GetRoleCommand).resolves(aRole({ Arn: `arn:aws:iam::${account}:role/local-granter` }));
    expect(await wrong()).toHaveLength(1);
  });

  test('that lack a right are named with it', async () => {
    iam.on(SimulatePrincipalPolicyCommand).callsFake(async ({ ActionNames }: { ActionNames: string[] }) => ({
      EvaluationResults: ActionNames.map((EvalActionName) => ({
        EvalActionName,
        EvalDecision: EvalActionName === 'iam:DeleteRole' ? 'implicitDeny' : 'allowed',
      })),
    }));
    expect(await wrong()).toEqual([
      'rights of local-revoker: It may not do iam:DeleteRole: deploy the target stack of this account anew.',
    ]);
  });
});

describe('the boundary', () => {
  test('that is missing, or is not what Curfew put', async () => {
    boundaryIs({ Version: '2012-10-17', Statement: [] });
    expect(await wrong()).toEqual([expect.stringMatching(/^boundary: .*neither Curfew's present document/)]);
    iam.on(ListPolicyVersionsCommand).rejects(refusal('NoSuchEntity', 404));
    expect(await wrong()).toEqual([expect.stringMatching(/^boundary: There is no policy .*deploy/)]);
  });

  test('in a lock-down is said loudly, and no fault', async () => {
    boundaryIs(boundaryLocked);
    expect(await check()).toContainEqual({ name: 'boundary', ok: true, detail: 'LOCKED DOWN: it denies everything (1 of 5 versions).' }); // biome-ignore format: one line
  });
});

test('room that runs out is said before it is out', async () => {
  iam
    .on(GetAccountSummaryCommand)
    .resolves({ SummaryMap: { Roles: 980, RolesQuota: 1000, AttachedPoliciesPerRoleQuota: 10 } });
  expect(await wrong()).toEqual([
    expect.stringMatching(/^room: 980 of 1000 roles \(IAM quota RolesQuota\).*raised\.$/),
  ]);
});

test('policies and groups that are not there are named, and groups that Curfew cannot reach', async () => {
  iam.on(GetPolicyCommand).rejects(refusal('NoSuchEntity', 404));
  iam.on(GetGroupCommand).rejects(refusal('NoSuchEntity', 404));
  expect(await wrong()).toEqual([
    expect.stringMatching(/^policy arn:aws:iam::aws:policy\/SecurityAudit: AWS has no such policy/),
    expect.stringMatching(/^group ops: There is no such group/),
  ]);
  iam.on(GetPolicyCommand).resolves({});
  iam.on(GetGroupCommand).resolves({ Group: { Path: '/people/' }, Users: [] } as never);
  expect(await wrong()).toEqual([expect.stringMatching(/^group ops: It is below \/people\//)]);
});

test('whom a lock-down would not reach is named; only a role without the boundary is a fault', async () => {
  iam
    .on(GetGroupCommand)
    .resolves({ Group: { Path: '/' }, Users: [{ Arn: `arn:aws:iam::${account}:user/mia` }] } as never);
  const line = (await check()).at(-1);
  expect(line).toMatchObject({ name: 'lock-down', ok: true });
  expect(line?.detail).toContain('user/mia: member of the group ops');
  iam
    .on(ListRolesCommand)
    .resolves({ Roles: [{ RoleName: 'local-gr_b', Path: '/curfew/', Arn: 'arn:b' } as never] });
  expect(await wrong()).toEqual([
    expect.stringMatching(/^lock-down: It does NOT reach: role arn:b: without the boundary/),
  ]);
});

test('an account that does not answer is a line, and not an error', async () => {
  sts.on(AssumeRoleCommand).rejects(Object.assign(new Error('no route'), { code: 'EHOSTUNREACH' }));
  expect(await wrong()).toHaveLength(4);
});
