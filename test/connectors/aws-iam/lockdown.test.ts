/** Lock-down: one new version of the boundary, room for the next, and everybody whom it does not reach. */
import {
  CreatePolicyVersionCommand,
  DeletePolicyVersionCommand,
  GetGroupCommand,
  GetPolicyVersionCommand,
  ListEntitiesForPolicyCommand,
  ListPolicyVersionsCommand,
  ListRolesCommand,
} from '@aws-sdk/client-iam';
import { beforeEach, describe, expect, test } from 'vitest';
import { boundaryLocked, boundaryOpen } from '../../../shared/connectors/aws-iam/boundary.ts';
import { boundaryArn, endedBoundaryArn } from '../../../shared/connectors/aws-iam/names.ts';
import { textOf } from '../../../shared/connectors/aws-iam/policy.ts';
import { account, changes, iam, refusal, rig, type Rig } from './aws.ts';

let at: Rig;
beforeEach(() => {
  at = rig();
  versions('v1', boundaryOpen);
  iam.on(ListRolesCommand).resolves({ Roles: [] });
  iam.on(ListEntitiesForPolicyCommand).resolves({ PolicyRoles: [] });
  iam.on(GetGroupCommand).resolves({ Group: undefined, Users: [] });
});

/** The first that is named is the default. */
function versions(named: string, document: unknown): void {
  const [first, ...others] = named.split(' ');
  const Versions = [
    ...others.map((VersionId) => ({ VersionId, IsDefaultVersion: false })),
    { VersionId: first, IsDefaultVersion: true },
  ];
  iam.on(ListPolicyVersionsCommand).resolves({ Versions });
  iam
    .on(GetPolicyVersionCommand)
    .resolves({ PolicyVersion: { Document: encodeURIComponent(JSON.stringify(document)) } });
}

const lockdown = () => at.connector.lockdown?.(at.call());
const deleted = () => iam.commandCalls(DeletePolicyVersionCommand).map(({ args }) => args[0].input.VersionId);

describe('the flip', () => {
  test('is one new default version that denies everything', async () => {
    await lockdown();
    expect(changes()).toEqual(['CreatePolicyVersion']);
    expect(iam.commandCalls(CreatePolicyVersionCommand)[0]?.args[0].input).toEqual({
      PolicyArn: boundaryArn(account),
      PolicyDocument: textOf(boundaryLocked),
      SetAsDefault: true,
    });
  });

  test('back is the present document', async () => {
    versions('v2 v1', boundaryLocked);
    await at.connector.unlock?.(at.call());
    expect(iam.commandCalls(CreatePolicyVersionCommand)[0]?.args[0].input.PolicyDocument).toBe(
      textOf(boundaryOpen),
    );
  });

  test('is not made twice', async () => {
    versions('v2 v1', boundaryLocked);
    await lockdown();
    versions('v3 v2 v1', boundaryOpen);
    await at.connector.unlock?.(at.call());
    expect(changes()).toEqual([]);
  });

  test('locks whatever somebody else made of the boundary, and unlocks it too', async () => {
    versions('v2 v1', { Version: '2012-10-17', Statement: [] });
    await lockdown();
    await at.connector.unlock?.(at.call());
    expect(changes()).toEqual(['CreatePolicyVersion', 'CreatePolicyVersion']);
  });

  test('makes room first, of the oldest, and leaves a place for the next', async () => {
    versions('v12 v9 v10 v8 v11', boundaryOpen);
    iam.on(CreatePolicyVersionCommand).callsFake(async () => versions('v13 v12 v11 v10 v9', boundaryLocked));
    await lockdown();
    expect(changes()).toEqual(['DeletePolicyVersion', 'CreatePolicyVersion', 'DeletePolicyVersion']);
    expect(deleted()).toEqual(['v8', 'v9']);
  });

  test('tries anew where somebody else takes the last place meanwhile', async () => {
    iam.on(CreatePolicyVersionCommand).rejectsOnce(refusal('LimitExceededException', 409)).resolves({});
    await lockdown();
    expect(changes()).toEqual(['CreatePolicyVersion', 'CreatePolicyVersion']);
    iam.on(CreatePolicyVersionCommand).rejects(refusal('LimitExceededException', 409));
    await expect(lockdown()).rejects.toMatchObject({
      code: 'TargetRefused',
      message: expect.stringMatching(/limit/),
    });
  });

  test('is done although tidying up after it does not work', async () => {
    versions('v4 v3 v2 v1', boundaryOpen);
    iam.on(CreatePolicyVersionCommand).callsFake(async () => versions('v5 v4 v3 v2 v1', boundaryLocked));
    iam.on(DeletePolicyVersionCommand).rejects(refusal('Throttling', 400));
    expect(await lockdown()).toEqual({ uncovered: [] });
  });

  test('says what to deploy where there is no boundary', async () => {
    iam.on(ListPolicyVersionsCommand).rejects(refusal('NoSuchEntity', 404));
    await expect(lockdown()).rejects.toThrow(/has no policy .*curfew-boundary: deploy its target stack/);
  });
});

describe('whom it does not reach', () => {
  const roles = (...names: string[]) =>
    names.map((RoleName) => ({ RoleName, Path: '/curfew/', Arn: `arn:aws:iam::${account}:role/curfew/${RoleName}` }) as never); // biome-ignore format: one line

  test('is every role of ours without the boundary, on whatever page', async () => {
    iam
      .on(ListRolesCommand)
      .resolvesOnce({ Roles: roles('local-gr_a', 'local-gr_b'), IsTruncated: true, Marker: 'm' })
      .resolves({
        Roles: [
          ...roles('local-gr_c', 'local-gr_d', 'other-gr_e'),
          { RoleName: 'local-reader', Path: '/curfew/connector/' } as never,
        ],
      });
    const bounded = (PolicyArn: string) =>
      iam.on(ListEntitiesForPolicyCommand, { PolicyArn, PolicyUsageFilter: 'PermissionsBoundary' });
    bounded(boundaryArn(account))
      .resolvesOnce({ PolicyRoles: [{ RoleName: 'local-gr_a' }], IsTruncated: true, Marker: 'm' })
      .resolves({ PolicyRoles: [{ RoleName: 'local-gr_c' }] });
    bounded(endedBoundaryArn).resolves({ PolicyRoles: [{ RoleName: 'local-gr_d' }] });
    expect(await lockdown()).toEqual({
      uncovered: [`role arn:aws:iam::${account}:role/curfew/local-gr_b: without the boundary`],
    });
  });

  test('is every member of a group on offer: nobody can tell who is in by a grant', async () => {
    iam.on(GetGroupCommand).resolves({ Users: [{ Arn: `arn:aws:iam::${account}:user/mia` }] } as never);
    expect(await lockdown()).toEqual({
      uncovered: [`arn:aws:iam::${account}:user/mia: member of the group ops`],
    });
  });
});
