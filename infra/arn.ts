/** ARNs by name, where a reference would go in a circle or the thing is made later. */
import { Aws } from 'aws-cdk-lib';

/** The ARN of something in the account and region of the stack. */
export function arnHere(service: string, resource: string): string {
  return `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;
}
