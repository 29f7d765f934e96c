/**
 * What `npm start -- --aws` adds to a configuration: the AWS account of whoever starts it, with examples of what to ask
 * for there. It is added before the whole is checked, and only where no `aws-iam` integration stands yet.
 */
import type { ConfigInput } from '../shared/model/config.ts';

export interface AwsAccount {
  /** 12 digits. */
  account: string;
  region: string;
  /** As the account's connector roles ask for it. Left out: `curfew-<installation>-<account>`. */
  externalId?: string | undefined;
  /** Buckets of the account that may be asked for by name. */
  buckets: string[];
}

/** Of the integration that is added. */
export const awsAccountId = 'aws-account';

/** What is no configuration is left as it is: whoever checks it says what is wrong. */
export function withAwsAccount(written: unknown, aws: AwsAccount): unknown {
  if (!isWritten(written) || written.integrations.some((one) => one?.kind === 'aws-iam')) return written;
  return {
    ...written,
    people: written.people.map((person) => withUser(person, aws)),
    integrations: [...written.integrations, integration(written, aws)],
    flows: [...written.flows, ...flows(written, aws)],
  };
}

function isWritten(value: unknown): value is ConfigInput {
  const lists = value as Record<string, unknown> | undefined | null;
  return ['people', 'integrations', 'flows'].every((name) => Array.isArray(lists?.[name]));
}

/** Everybody is the IAM user that is named like them, unless their `logins` say otherwise. */
function withUser(person: ConfigInput['people'][number], { account }: AwsAccount): typeof person {
  const user = `arn:aws:iam::${account}:user/${person?.id}`;
  return { ...person, logins: { [awsAccountId]: user, ...person?.logins } };
}

function integration({ installation }: ConfigInput, aws: AwsAccount): ConfigInput['integrations'][number] {
  const { account, region, externalId = `curfew-${installation}-${account}`, buckets } = aws;
  return {
    id: awsAccountId,
    name: `AWS account ${account}`,
    kind: 'aws-iam',
    environment: 'sandbox',
    target: {
      account,
      externalId,
      region,
      resources: {
        account: {
          name: 'The whole account',
          permissions: {
            's3-read': {
              name: 'Read everything in S3',
              managedPolicies: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'],
            },
          },
        },
        ...Object.fromEntries(buckets.map((name) => [name, bucket(name)])),
      },
    },
  };
}

function bucket(name: string) {
  return {
    name: `Bucket ${name}`,
    permissions: {
      read: { name: `Read ${name}`, buckets: [name], access: 'read' },
      write: { name: `Change ${name}`, buckets: [name], access: 'write' },
    },
  };
}

/** One bucket's reading needs nobody; the rest, somebody who administers Curfew. */
function flows({ rights }: ConfigInput, { buckets }: AwsAccount): ConfigInput['flows'] {
  const lifetime = { default: '15m', max: '1h' };
  const approval = { anyOf: [{ group: rights?.admin }] };
  const of = (permission: string) => [{ integration: awsAccountId, permission }];
  const automatic = {
    id: 'aws-read',
    name: 'Read a bucket',
    entitlements: of('read'),
    lifetime,
    extendCutoff: '2s',
  };
  const approved = {
    id: 'aws-change',
    name: 'Change a bucket, or read them all',
    entitlements: [...of('s3-read'), ...(buckets.length > 0 ? of('write') : [])],
    approval,
    lifetime,
    extendCutoff: '2s',
  };
  return buckets.length > 0 ? [automatic, approved] : [approved];
}
