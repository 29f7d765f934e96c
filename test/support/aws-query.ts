/** A request to a service of AWS's that speaks its Query protocol, for those that no client is installed for. */
import { GetUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { type Keys, settings } from './aws-account.ts';

const versions = { cloudformation: '2010-05-15', ec2: '2016-11-15' };

/** Sent and signed by the stock client of IAM, which speaks the same protocol: with another service's name, and other words. */
export async function query(
  keys: Keys,
  service: keyof typeof versions,
  words: { Action: string } & Record<string, string>,
): Promise<void> {
  const { region, ...options } = settings(keys);
  const client = new IAMClient({
    ...options,
    region,
    maxAttempts: 1,
    httpAuthSchemeProvider: () => [
      {
        schemeId: 'aws.auth#sigv4',
        signingProperties: { name: service, region },
        propertiesExtractor: (config, context) => ({
          signingProperties: { config, context, signingName: service },
        }),
      },
    ],
  });
  const body = String(new URLSearchParams({ Version: versions[service], ...words }));
  client.middlewareStack.add(
    (next) => (sent) => next({ ...sent, request: Object.assign(sent.request as object, { body }) }),
    { step: 'build', priority: 'high' },
  );
  await client.send(new GetUserCommand({}));
}
