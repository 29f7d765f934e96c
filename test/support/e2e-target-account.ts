/** The AWS account that grants lead to, before Curfew comes: a bucket with an invoice, a group that may read it, people's own users. */
import {
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreateUserCommand,
  IAMClient,
  PutGroupPolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { engineers } from '../../local/sample-database.ts';
import { type AwsKey, bucket, groupName, objectKey } from '../e2e/places/invoices.ts';

/** Answers with the access keys of the people's users. */
export async function makeTargetAccount(options: {
  endpoint: string;
  region: string;
  credentials: AwsKey;
}): Promise<Record<string, AwsKey>> {
  const s3 = new S3Client({ ...options, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: bucket() }));
  await s3.send(new PutObjectCommand({ Bucket: bucket(), Key: objectKey, Body: '1,200 EUR' }));
  const iam = new IAMClient(options);
  await iam.send(new CreateGroupCommand({ GroupName: groupName }));
  const PolicyDocument = allow('s3:GetObject', `arn:aws:s3:::${bucket()}/*`);
  // AWS would do without where a role's trust names the user; the emulator asks for both.
  const useGrants = allow('sts:AssumeRole', 'arn:aws:iam::*:role/curfew/*');
  await iam.send(
    new PutGroupPolicyCommand({ GroupName: groupName, PolicyName: 'read-invoices', PolicyDocument }),
  );
  const people: Record<string, AwsKey> = {};
  for (const UserName of engineers) {
    await iam.send(new CreateUserCommand({ UserName }));
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'curfew', PolicyDocument: useGrants }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    people[UserName] = {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    };
  }
  return people;
}

function allow(action: string, resource: string): string {
  const statement = { Effect: 'Allow', Action: action, Resource: resource };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}
