/** What is known of the connector without loading it. */
import type { Facts } from '../lazy.ts';
import { AwsIamTarget, offersOf } from './target.ts';

export const awsIamFacts: Facts = {
  kind: 'aws-iam',
  target: AwsIamTarget,
  // Enforcement follows a change within about 4 s, as a rule (limits of IAM are not published).
  settleSeconds: 15,
  callSeconds: 20,
  catalog: (integration) => offersOf(AwsIamTarget.parse(integration.target)),
  also: ['lockdown', 'unlock'],
};
