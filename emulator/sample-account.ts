/** What a deployment by hand finds in the emulator's second account: a bucket with something to read, and a user for everybody. */
import {
  CreateUserCommand,
  EntityAlreadyExistsException,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { BucketAlreadyOwnedByYou, CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { hubAccount, region } from './start.ts';

export const targetAccount = '222222222222';
export const bucket = 'invoices';

/** On AWS it is enough that the trust of a grant's role names the user; the emulator wants it in the user's own policy, too. */
const useGrants = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::*:role/curfew/*' }],
});

/** May be called again. */
export async function makeSampleAccount(
  endpoint: string,
  people: string[],
  at = { account: targetAccount, bucket },
): Promise<void> {
  const s3 = new S3Client({ ...as(at.account, endpoint), forcePathStyle: true });
  await unlessThere(s3.send(new CreateBucketCommand({ Bucket: at.bucket })), BucketAlreadyOwnedByYou);
  await s3.send(new PutObjectCommand({ Bucket: at.bucket, Key: 'january.txt', Body: '1,200 EUR\n' }));
  const iam = new IAMClient(as(at.account, endpoint));
  for (const UserName of people) {
    await unlessThere(iam.send(new CreateUserCommand({ UserName })), EntityAlreadyExistsException);
    await iam.send(
      new PutUserPolicyCommand({ UserName, PolicyName: 'use-grants', PolicyDocument: useGrants }),
    );
  }
}

/** A secret of Curfew's own, by its full name. May be called again, with another value. */
export async function putSecret(endpoint: string, name: string, value: string): Promise<void> {
  const secrets = new SecretsManagerClient(as(hubAccount, endpoint));
  const made = secrets.send(new CreateSecretCommand({ Name: name, SecretString: value }));
  await unlessThere(made, ResourceExistsException);
  await secrets.send(new PutSecretValueCommand({ SecretId: name, SecretString: value }));
}

/** The root of an account. */
function as(account: string, endpoint: string) {
  return { endpoint, region, credentials: { accessKeyId: account, secretAccessKey: 'emulator' } };
}

async function unlessThere(
  made: Promise<unknown>,
  there: abstract new (...args: never[]) => Error,
): Promise<void> {
  try {
    await made;
  } catch (error) {
    if (!(error instanceof there)) throw error;
  }
}
