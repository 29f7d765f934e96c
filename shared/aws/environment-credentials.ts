/**
 * The credentials of a function: Lambda hands them over by the environment. In bundles this stands in for the SDK's chain of
 * providers (profiles, single sign-on, metadata services), which no function ever gets to (infra/bundle.ts).
 */
interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** Under the name that the SDK's clients import. Rejects where the environment has none. */
export function defaultProvider(): () => Promise<Credentials> {
  return async () => {
    const accessKeyId = process.env['AWS_ACCESS_KEY_ID'];
    const secretAccessKey = process.env['AWS_SECRET_ACCESS_KEY'];
    const sessionToken = process.env['AWS_SESSION_TOKEN'];
    if (!accessKeyId || !secretAccessKey) throw new Error('There are no AWS credentials in the environment.');
    return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
  };
}
