/** A role for each grant: the order in which it is made, what is put right, and what is refused with nothing half-made. */
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { beforeEach, describe, expect, test } from 'vitest';
import { boundaryArn, endedBoundaryArn } from '../../../shared/connectors/aws-iam/names.ts';
import { account, aReceipt, aRole, changes, end, ended, grantId, iam, mia, refusal, rig, type Rig, role, roleArn } from './aws.ts'; // biome-ignore format: one line

let at: Rig;
beforeEach(() => void (at = rig()));

const grant = (receipt = aReceipt()) => at.connector.grant(at.call(), receipt, end);
const managed = aReceipt({ managedPolicies: 'arn:aws:iam::aws:policy/SecurityAudit arn:aws:iam::aws:policy/ReadOnlyAccess' }); // biome-ignore format: one line

describe('granting', () => {
  test('lets nobody in before the end is written: trust comes last', async () => {
    await grant(managed);
    expect(changes()).toEqual([
      'CreateRole',
      'PutRolePolicy',
      'AttachRolePolicy',
      'AttachRolePolicy',
      'UpdateAssumeRolePolicy',
    ]);
    const [made] = iam.commandCalls(CreateRoleCommand);
    expect(made?.args[0].input).toMatchObject({
      RoleName: role,
      Path: '/curfew/',
      PermissionsBoundary: boundaryArn(account),
      MaxSessionDuration: 3600,
      Tags: [
        { Key: 'curfew:installation', Value: 'local' },
        { Key: 'curfew:grant', Value: grantId },
        { Key: 'curfew:grantee', Value: 'mia' },
      ],
    });
    expect(made?.args[0].input.AssumeRolePolicyDocument).not.toContain('Allow');
    const [trust] = iam.commandCalls(UpdateAssumeRolePolicyCommand);
    expect(JSON.parse(trust?.args[0].input.PolicyDocument ?? '')).toMatchObject({
      Statement: [{ Effect: 'Allow', Principal: { AWS: mia }, Action: 'sts:AssumeRole' }],
    });
  });

  test('puts right what an earlier try left', async () => {
    iam.on(CreateRoleCommand).rejects(refusal('EntityAlreadyExists', 409));
    iam.on(GetRoleCommand).resolves(aRole());
    await grant();
    expect(changes()).toEqual(['CreateRole', 'PutRolePolicy', 'UpdateAssumeRolePolicy']);
  });

  test.each([
    [
      'of another path',
      { Path: '/', Arn: `arn:aws:iam::${account}:role/${role}` },
      /is there already, and is none of this grant's/,
    ],
    ['of another grant', { Tags: [{ Key: 'curfew:grant', Value: 'gr_other' }] }, /none of this grant's/],
    ['without a mark', { Tags: [] }, /none of this grant's/],
    ['that is being ended', ended, /being ended: it is not woken again/],
    ['whose boundary somebody took off', { PermissionsBoundary: undefined }, /took the boundary off/],
    [
      'with another boundary',
      { PermissionsBoundary: { PermissionsBoundaryArn: 'arn:aws:iam::aws:policy/AdministratorAccess' } },
      /took the boundary off/,
    ],
  ])('does not take over a role %s', async (_what, over, message) => {
    iam.on(CreateRoleCommand).rejects(refusal('EntityAlreadyExists', 409));
    iam.on(GetRoleCommand).resolves(aRole(over));
    await expect(grant()).rejects.toMatchObject({ code: 'TargetRefused', message: expect.stringMatching(message), details: { mayLand: false } }); // biome-ignore format: one line
    expect(changes()).toEqual(['CreateRole']);
  });

  test('comes again where IAM does not show yet what was made', async () => {
    iam.on(CreateRoleCommand).rejects(refusal('EntityAlreadyExists', 409));
    await expect(grant()).rejects.toMatchObject({ code: 'TargetLagging', retryable: true });
    iam.on(CreateRoleCommand).resolves({});
    iam.on(PutRolePolicyCommand).rejects(refusal('NoSuchEntity', 404));
    await expect(grant()).rejects.toMatchObject({ code: 'TargetLagging' });
    iam.on(PutRolePolicyCommand).rejects(refusal('AccessDenied', 403));
    await expect(grant()).rejects.toMatchObject({ code: 'TargetLagging' });
  });

  test('comes again where AWS does not know yet what a reading shows already, and takes nothing away', async () => {
    iam.on(GetRoleCommand).resolves(aRole());
    iam.on(PutRolePolicyCommand).rejects(refusal('NoSuchEntity', 404, `The role with name ${role} cannot be found.`)); // biome-ignore format: one line
    await expect(grant()).rejects.toMatchObject({ code: 'TargetLagging', retryable: true });
    expect(iam.commandCalls(DeleteRoleCommand)).toHaveLength(0);
    iam.on(PutRolePolicyCommand).resolves({});
    iam.on(AttachRolePolicyCommand).rejects(refusal('NoSuchEntity', 404, 'Policy arn:aws:iam::aws:policy/Gone does not exist or is not attachable.')); // biome-ignore format: one line
    await expect(grant(managed)).rejects.toMatchObject({ code: 'TargetRefused' });
    expect(iam.commandCalls(DeleteRoleCommand)).toHaveLength(1);
  });

  test('says which login is wrong where AWS knows no such principal, and takes away what was made', async () => {
    iam.on(GetRoleCommand).resolves(aRole());
    iam.on(UpdateAssumeRolePolicyCommand).rejects(refusal('MalformedPolicyDocument', 400, 'Invalid principal in policy')); // biome-ignore format: one line
    await expect(grant()).rejects.toMatchObject({ code: 'TargetRefused', message: expect.stringMatching(/no principal .*user\/mia: correct "logins" of mia for aws/), details: { mayLand: false } }); // biome-ignore format: one line
    expect(changes().slice(-2)).toEqual(['PutRolePermissionsBoundary', 'DeleteRole']);
  });

  test('names the limit, and takes away what was made', async () => {
    iam.on(GetRoleCommand).resolves(aRole());
    iam.on(AttachRolePolicyCommand).rejects(refusal('LimitExceededException', 409, 'Cannot exceed quota for PoliciesPerRole: 10')); // biome-ignore format: one line
    await expect(grant(managed)).rejects.toMatchObject({ code: 'TargetRefused', message: expect.stringMatching(/limit of IAM: Cannot exceed quota for PoliciesPerRole: 10/) }); // biome-ignore format: one line
    expect(iam.commandCalls(DeleteRoleCommand)).toHaveLength(1);
    expect(iam.commandCalls(UpdateAssumeRolePolicyCommand)).toHaveLength(0);
  });

  test('leaves it open whether something landed where what was made could not be taken away', async () => {
    iam.on(GetRoleCommand).resolves(aRole());
    iam.on(AttachRolePolicyCommand).rejects(refusal('AccessDenied', 403));
    iam.on(DeleteRoleCommand).rejects(refusal('ServiceFailure', 500));
    const error = await grant(managed).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'TargetRefused' });
    expect(error).not.toMatchObject({ details: { mayLand: false } });
  });

  test('says what to deploy where the account was never prepared', async () => {
    iam.on(CreateRoleCommand).rejects(refusal('NoSuchEntity', 404, 'Scope ARN does not exist'));
    await expect(grant()).rejects.toMatchObject({ code: 'TargetRefused', message: expect.stringContaining('deploy its target stack') }); // biome-ignore format: one line
    expect(changes()).toEqual(['CreateRole']);
  });
});

describe('extending', () => {
  const extend = (receipt = aReceipt()) => at.connector.extend(at.call(), receipt, end);

  test('writes the new end, and nothing else', async () => {
    iam.on(GetRoleCommand).resolves(aRole());
    await extend();
    expect(changes()).toEqual(['PutRolePolicy']);
    const [put] = iam.commandCalls(PutRolePolicyCommand);
    expect(put?.args[0].input.PolicyDocument).toContain('2026-12-01T13:00:00Z');
    expect(put?.args[0].input.PolicyDocument).toContain('arn:aws:s3:::reports/*');
  });

  test.each([
    ['gone', undefined, /is gone/],
    ['of another path', { Path: '/' }, /is gone/],
    ['being ended', ended, /being ended/],
    ['without the boundary', { PermissionsBoundary: undefined }, /took the boundary off/],
  ])('refuses a role that is %s, and makes nothing', async (_what, over, message) => {
    if (over) iam.on(GetRoleCommand).resolves(aRole(over));
    await expect(extend()).rejects.toMatchObject({
      code: 'TargetRefused',
      message: expect.stringMatching(message),
    });
    expect(changes()).toEqual([]);
  });

  test('refuses a role that goes at that moment', async () => {
    iam.on(GetRoleCommand).resolves(aRole());
    iam.on(PutRolePolicyCommand).rejects(refusal('NoSuchEntity', 404));
    await expect(extend()).rejects.toMatchObject({
      code: 'TargetRefused',
      message: expect.stringMatching(/is gone/),
    });
  });
});

describe('reading back and using', () => {
  test('tells what is there, without secrets', async () => {
    iam.on(GetRoleCommand).resolves(aRole());
    expect(await at.connector.inspect(at.call(), aReceipt())).toEqual({
      present: true,
      heldBy: [],
      facts: {
        role,
        exists: true,
        arn: roleArn,
        state: 'bounded',
        trusts: mia,
        createdAt: '2026-12-01T12:00:00.000Z',
      },
    });
    iam.on(GetRoleCommand).resolves(aRole(ended));
    expect(await at.connector.inspect(at.call(), aReceipt())).toMatchObject({
      present: true,
      facts: { state: 'ended' },
    });
  });

  test('does not take a role of the same name elsewhere for the grant', async () => {
    iam.on(GetRoleCommand).resolves(aRole({ Path: '/', Arn: 'arn:aws:iam::222233334444:role/x' }));
    expect(await at.connector.inspect(at.call(), aReceipt())).toMatchObject({
      present: false,
      facts: { exists: false },
    });
  });

  test('gives what a client needs, and no secret', async () => {
    iam.on(GetRoleCommand).resolves(aRole());
    expect(await at.connector.credentials(at.call(), aReceipt(), end)).toEqual({
      roleArn,
      region: 'eu-central-1',
      sessionSeconds: 3600,
      profile: 'curfew-0000000a',
      commands: [
        'aws sts get-caller-identity --profile curfew-0000000a',
        'aws s3 ls s3://reports --profile curfew-0000000a',
      ],
    });
  });

  test('says so where the principal that it trusted was deleted: AWS then keeps an id that nobody has', async () => {
    const trust = {
      Statement: [{ Effect: 'Allow', Principal: { AWS: 'AIDAEXAMPLE' }, Action: 'sts:AssumeRole' }],
    };
    iam
      .on(GetRoleCommand)
      .resolves(aRole({ AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(trust)) }));
    await expect(at.connector.credentials(at.call(), aReceipt(), end)).rejects.toThrow(
      /trusts AIDAEXAMPLE and not arn/,
    );
    expect(await at.connector.inspect(at.call(), aReceipt())).toMatchObject({
      facts: { trusts: 'AIDAEXAMPLE' },
    });
  });

  test('refuses credentials for what is not there', async () => {
    await expect(at.connector.credentials(at.call(), aReceipt(), end)).rejects.toMatchObject({
      code: 'TargetRefused',
    });
  });

  test('never looks for a grant in another account than it was made in', async () => {
    const receipt = { ...aReceipt(), names: { ...aReceipt().names, account: '999988887777' } };
    for (const work of [at.connector.revoke(at.call(), receipt), at.connector.inspect(at.call(), receipt)])
      await expect(work).rejects.toMatchObject({ code: 'TargetRefused', message: expect.stringContaining('made in account 999988887777') }); // biome-ignore format: one line
    expect(iam.calls()).toEqual([]);
  });
});

describe('ending', () => {
  test('cuts first, with the one boundary that denies everything', async () => {
    iam.on(GetRoleCommand).resolves(aRole());
    await at.connector.revoke(at.call(), aReceipt());
    const [cut] = iam.commandCalls(PutRolePermissionsBoundaryCommand);
    expect(cut?.args[0].input).toEqual({ RoleName: role, PermissionsBoundary: endedBoundaryArn });
    expect(changes()[0]).toBe('PutRolePermissionsBoundary');
  });
});
