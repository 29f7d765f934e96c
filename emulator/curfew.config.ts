/**
 * The configuration that `npm run deploy:emulator` deploys: the one that EMULATOR_CONFIG names, which signs in at the
 * emulator's issuer and gets the emulator's second account as a target, where it has no issuer or account of its own.
 */
import { pathToFileURL } from 'node:url';
import { withAwsAccount } from '../config/aws-account.ts';
import { bucket, targetAccount } from './sample-account.ts';
import { region } from './start.ts';

const { EMULATOR_CONFIG: file = '', EMULATOR_ISSUER: issuer } = process.env;
const written = ((await import(pathToFileURL(file).href)) as { default?: unknown }).default;
const account = { account: targetAccount, region, buckets: [bucket] };

export default withAwsAccount(withIssuer(written), account);

/** What is no configuration is left as it is: whoever checks it says what is wrong. */
function withIssuer(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? { oidc: { issuer }, ...value } : value;
}
