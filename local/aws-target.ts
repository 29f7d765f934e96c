/** Finds the AWS account that `npm start -- --aws` adds: the one of the process's own credentials, wherever the SDK finds them. */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { AwsAccount } from '../config/aws-account.ts';
import { CurfewError } from '../shared/model/errors.ts';

type Env = { [name: string]: string | undefined };

const patience = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000 },
} as const;

/** Throws `TargetUnavailable` where there are no credentials, or where nobody takes them. */
export async function findAwsAccount(env: Env): Promise<AwsAccount> {
  const sts = new STSClient(patience);
  try {
    const region = await regionOf(sts);
    const { Account: account } = await new STSClient({ ...patience, region }).send(
      new GetCallerIdentityCommand({}),
    );
    if (account === undefined) throw new Error('STS names no account');
    const buckets = (env['CURFEW_AWS_BUCKETS'] ?? '').split(',').map((name) => name.trim());
    return {
      account,
      region,
      externalId: env['CURFEW_AWS_EXTERNAL_ID'] || undefined,
      buckets: buckets.filter((name) => name !== ''),
    };
  } catch (error) {
    throw new CurfewError('TargetUnavailable', `--aws: ${inWords(error, env)}`, { cause: error });
  }
}

/** Of the environment or the profile. IAM and STS answer in every region. */
async function regionOf(sts: STSClient): Promise<string> {
  return sts.config.region().catch(() => 'us-east-1');
}

function inWords(error: unknown, env: Env): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (name === 'CredentialsProviderError')
    return `there are no AWS credentials here: set AWS_PROFILE, or sign in as you do for the AWS CLI (${message}).`;
  const endpoint = env['AWS_ENDPOINT_URL'];
  const there = endpoint === undefined ? 'AWS' : `${endpoint} (AWS_ENDPOINT_URL)`;
  return `${there} does not say who you are: ${message || name}. Try \`aws sts get-caller-identity\`.`;
}
