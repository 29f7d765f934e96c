/** The one inline policy of a role made for a grant: what it may do with buckets, and that it may do nothing from its end on. */
import type { PolicyDocument, Statement, TrustDocument } from './policy.ts';

/** Access to buckets, by name. */
export interface BucketAccess {
  buckets: string[];
  access: 'read' | 'write';
}

const bucketActions = {
  read: ['s3:GetBucketLocation', 's3:ListBucket'],
  write: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
};
const objectActions = {
  read: ['s3:GetObject', 's3:GetObjectVersion'],
  write: [
    's3:AbortMultipartUpload',
    's3:DeleteObject',
    's3:GetObject',
    's3:GetObjectVersion',
    's3:ListMultipartUploadParts',
    's3:PutObject',
  ],
};

/**
 * The end and the access are one document, so there is no moment at which one is there without the other. The deny is of
 * everything, so what policies attached beside it allow ends with it, for sessions opened before as well.
 */
export function grantPolicy(end: Date, s3?: BucketAccess): PolicyDocument {
  const over: Statement = {
    Sid: 'CurfewEnd',
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': wholeSeconds(end) } },
  };
  return { Version: '2012-10-17', Statement: s3 ? [over, ...bucketStatements(s3)] : [over] };
}

function bucketStatements({ buckets, access }: BucketAccess): Statement[] {
  const arns = buckets.map((bucket) => `arn:aws:s3:::${bucket}`);
  return [
    { Sid: 'Buckets', Effect: 'Allow', Action: bucketActions[access], Resource: arns },
    {
      Sid: 'Objects',
      Effect: 'Allow',
      Action: objectActions[access],
      Resource: arns.map((arn) => `${arn}/*`),
    },
  ];
}

/** Rounded up: never early. */
function wholeSeconds(end: Date): string {
  return new Date(Math.ceil(end.getTime() / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

export function trustOf(principal: string): TrustDocument {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole' }],
  };
}

/** What a role is made with: nobody may assume it before its end is written into it. */
export const trustNobody: TrustDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
};
