/**
 * `npm run emulator:laptop`: makes an account of the emulator that runs here (or that AWS_ENDPOINT_URL names) a second target for
 * `npm start -- --aws`, with a bucket, and a key for one of its users. Prints what to set. May be run again.
 */
import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  IAMClient,
  ListAccessKeysCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { configFile } from '../config/config-file.ts';
import { readConfig } from '../config/read-config.ts';
import { runCdk } from './cdk.ts';
import { readOptions, type Told } from './options.ts';
import { report } from './report.ts';
import { mustFindRunning } from './running.ts';
import { makeSampleAccount } from './sample-account.ts';
import { region } from './start.ts';

const account = '333333333333';
const bucket = 'reports';

const about = `Makes account ${account} of the emulator a target for \`npm start -- --aws\`, and prints what to set.
May be run again.`;

try {
  const told = readOptions('emulator:laptop', about);
  if (told)
    await prepare(
      (process.env['AWS_ENDPOINT_URL'] ?? (await mustFindRunning()).url).replace(/\/$/, ''),
      told,
    );
} catch (error) {
  report(error);
  process.exitCode = 1;
}

async function prepare(url: string, { onOutput }: Told): Promise<void> {
  const file = configFile(process.env);
  const people = (await readConfig(file, {})).people.map(({ id }) => id);
  const environment = { CURFEW_CONFIG: file };
  const cdk = (...args: string[]) =>
    runCdk([...args, '-c', 'stage=laptop'], { url, account, environment, onOutput });
  await cdk('bootstrap');
  await cdk('deploy', '--require-approval', 'never');
  await makeSampleAccount(url, people, { account, bucket });
  const user = people[0] ?? '';
  process.stdout.write(summary(url, user, await newKey(url, user)));
}

/** The one before is deleted: IAM keeps two. The user may assume whatever trusts them. */
async function newKey(endpoint: string, UserName: string): Promise<{ id: string; secret: string }> {
  const credentials = { accessKeyId: account, secretAccessKey: 'emulator' };
  const iam = new IAMClient({ endpoint, region, credentials });
  const statement = { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'assume', PolicyDocument }));
  const { AccessKeyMetadata: old = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
  for (const { AccessKeyId } of old) await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { id: key?.AccessKeyId ?? '', secret: key?.SecretAccessKey ?? '' };
}

function summary(url: string, user: string, key: { id: string; secret: string }): string {
  const shared = `export AWS_ENDPOINT_URL=${url} AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`;
  return `
Account ${account} of the emulator is ready. Start Curfew with it, in this terminal:

  ${shared}
  export AWS_ACCESS_KEY_ID=${account} AWS_SECRET_ACCESS_KEY=emulator CURFEW_AWS_BUCKETS=${bucket}
  npm start -- --aws

Try it as ${user}, in another one:

  ${shared}
  export AWS_ACCESS_KEY_ID=${key.id} AWS_SECRET_ACCESS_KEY=${key.secret}
  npx --no curfew login --as ${user}
  npx --no curfew request aws-account/${bucket}/read --for 2m --reason "having a look"
  npx --no curfew connect

The last one prints a profile for ~/.aws/config, and commands that use it. The profile takes ${user}'s key from this terminal
when you write "credential_source = Environment" in place of its line "source_profile = default".
`;
}
