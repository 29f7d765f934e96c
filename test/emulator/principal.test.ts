/** Who takes on a role of another account: conditions on `aws:PrincipalArn` name the role behind a session, as on AWS. */
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeAll, expect, it } from 'vitest';
import { hubAccount } from '../../emulator/start.ts';
import { clientConfig, describeOnEmulator } from '../support/emulator.ts';

const target = '222222222222';
const goal = `arn:aws:iam::${target}:role/principal/goal`;

describeOnEmulator('a role that trusts one role of another account', () => {
  beforeAll(async () => {
    await makeRole(hubAccount, 'principal-named', trust(hubAccount));
    await makeRole(hubAccount, 'principal-other', trust(hubAccount));
    const named = { 'aws:PrincipalArn': `arn:aws:iam::${hubAccount}:role/principal-named` };
    const condition = { ArnEquals: named, StringEquals: { 'sts:ExternalId': 'theirs' } };
    await makeRole(target, 'goal', trust(hubAccount, condition), '/principal/');
  });

  it('lets it in with the external id', async () => {
    expect(await assumeAs('principal-named', 'theirs')).toBe(`arn:aws:sts::${target}:assumed-role/goal/test`);
  });

  it.each([
    ['with another external id', 'principal-named', 'ours'],
    ['without one', 'principal-named', undefined],
    ['when it is another role of the account', 'principal-other', 'theirs'],
    ['when it is the root of the account', undefined, 'theirs'],
  ])('refuses %s', async (_, role, externalId) => {
    await expect(assumeAs(role, externalId)).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

async function makeRole(account: string, RoleName: string, policy: string, Path = '/'): Promise<void> {
  const iam = new IAMClient(clientConfig(account));
  await iam.send(new CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument: policy }));
  const allow = statement({ Action: 'sts:AssumeRole', Resource: goal });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'assume', PolicyDocument: allow }));
}

function trust(account: string, Condition?: object): string {
  const Principal = { AWS: `arn:aws:iam::${account}:root` };
  return statement({ Principal, Action: 'sts:AssumeRole', ...(Condition && { Condition }) });
}

function statement(of: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...of }] });
}

/** As a session of the role, or as the account's root. Answers with who that makes the caller. */
async function assumeAs(
  role: string | undefined,
  ExternalId: string | undefined,
): Promise<string | undefined> {
  const root = new STSClient(clientConfig(hubAccount));
  const caller = role ? await become(root, `arn:aws:iam::${hubAccount}:role/${role}`) : root;
  const there = await become(caller, goal, ExternalId);
  return (await there.send(new GetCallerIdentityCommand({}))).Arn;
}

async function become(sts: STSClient, RoleArn: string, ExternalId?: string): Promise<STSClient> {
  const command = new AssumeRoleCommand({
    RoleArn,
    RoleSessionName: 'test',
    ...(ExternalId && { ExternalId }),
  });
  const { Credentials: given } = await sts.send(command);
  const credentials = {
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken ?? '',
  };
  return new STSClient({ ...clientConfig(), credentials });
}
