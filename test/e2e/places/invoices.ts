/** A bucket in an AWS account as a place: tried with stock S3 and STS clients, by people who have a user there. */
import { AddUserToGroupCommand, IAMClient, RemoveUserFromGroupCommand } from '@aws-sdk/client-iam';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { credentialsOf, grantOf } from '../../support/asking.ts';
import type { Api } from '../../support/call-api.ts';
import type { Access, Place, Use } from '../place.ts';

export interface AwsKey {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface InvoicesAccount {
  region: string;
  /** Left out: AWS itself. */
  endpoint?: string;
  /** Who may change groups there. Left out: whoever AWS's own tools find. */
  admin?: AwsKey;
  /** Access keys of each engineer's own user. */
  people: Record<string, AwsKey>;
}

export const groupName = 'invoices-oncall';
export const managedPolicy = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess';
export const objectKey = 'invoices/2026-11.txt';
export const accountId = () => process.env['E2E_ACCOUNT'] ?? '222222222222';
export const bucket = () => process.env['E2E_BUCKET'] ?? 'curfew-e2e-invoices';

/** What AWS says to those who may not, or whose role or session is no more. */
const refusals = ['AccessDenied', 'AccessDeniedException', 'InvalidClientTokenId', 'InvalidAccessKeyId'];

export function invoices(permission: string, flow?: string) {
  return { integration: 'invoices', resource: 'invoices', permission, ...(flow && { flow }) };
}

export function invoicesPlace(api: Api, account: InvoicesAccount): Place {
  const keyOf = (who: string) => account.people[who] ?? fail(`${who} has no access key`);
  return {
    name: 'invoices',
    offers: {
      automatic: invoices('read'),
      anyOf: invoices('write', 'invoices-write'),
      allOf: invoices('admin'),
      soon: invoices('write', 'invoices-write-soon'),
      membership: invoices('oncall'),
    },
    settleSeconds: 16,
    async enter(who, grantId) {
      const { roleArn } = await credentialsOf(api, who, grantId);
      const { entitlement } = await grantOf(api, grantId);
      const work = entitlement.permission === 'write' ? put : read;
      return accessBy(account, () => assume(account, keyOf(who), String(roleArn)), work);
    },
    asThemselves: async (who) => accessBy(account, async () => keyOf(who), read),
    async makeMember(who) {
      const iam = new IAMClient(optionsOf(account, account.admin));
      const member = { GroupName: groupName, UserName: who };
      await iam.send(new AddUserToGroupCommand(member));
      return async () => void (await iam.send(new RemoveUserFromGroupCommand(member)));
    },
  };
}

function accessBy(
  account: InvoicesAccount,
  signIn: () => Promise<AwsKey>,
  work: (client: S3Client) => Promise<unknown>,
): Access {
  const tryWith =
    (key: () => Promise<AwsKey>): Use =>
    async () => {
      try {
        await work(new S3Client({ ...optionsOf(account, await key()), forcePathStyle: true }));
        return true;
      } catch (error) {
        if (refusals.includes((error as Error).name)) return false;
        throw error;
      }
    };
  return {
    use: tryWith(signIn),
    async open() {
      const key = await signIn();
      return tryWith(async () => key);
    },
  };
}

async function assume(account: InvoicesAccount, key: AwsKey, roleArn: string): Promise<AwsKey> {
  const sts = new STSClient(optionsOf(account, key));
  const role = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'at-work' });
  const { Credentials: made } = await sts.send(role);
  if (!made?.AccessKeyId || !made.SecretAccessKey || !made.SessionToken)
    return fail('STS gave no credentials');
  return {
    accessKeyId: made.AccessKeyId,
    secretAccessKey: made.SecretAccessKey,
    sessionToken: made.SessionToken,
  };
}

function read(client: S3Client): Promise<unknown> {
  return client.send(new GetObjectCommand({ Bucket: bucket(), Key: objectKey }));
}

function put(client: S3Client): Promise<unknown> {
  return client.send(new PutObjectCommand({ Bucket: bucket(), Key: objectKey, Body: 'changed' }));
}

function optionsOf({ region, endpoint }: InvoicesAccount, credentials: AwsKey | undefined) {
  return { region, ...(credentials && { credentials }), ...(endpoint && { endpoint }) };
}

function fail(message: string): never {
  throw new Error(message);
}
