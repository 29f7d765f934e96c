/** What a receipt of a grant's own role says, which `prepare` wrote: enough to make, end and find it without any configuration. */
import type { Receipt } from '../../model/grant.ts';
import type { BucketAccess } from './grant-policy.ts';
import { refused } from './refused.ts';

export interface RoleNames {
  account: string;
  role: string;
  grantId: string;
  grantee: string;
  /** The ARN of who may assume it. */
  principal: string;
  managedPolicies: string[];
  s3?: BucketAccess;
}

export function roleReceipt(names: RoleNames, arn: string): Receipt {
  const { managedPolicies, s3, ...rest } = names;
  return {
    artefact: arn,
    shared: false,
    stood: false,
    names: {
      ...rest,
      ...(managedPolicies.length > 0 && { managedPolicies: managedPolicies.join(' ') }),
      ...(s3 && { buckets: s3.buckets.join(' '), access: s3.access }),
    },
  };
}

export function roleNamesOf({ names }: Receipt): RoleNames {
  const { account, role, grantId, grantee, principal, managedPolicies, buckets, access } = names;
  if (!account || !role || !grantId || !grantee || !principal)
    throw refused('The receipt does not name account, role, grant, grantee and principal.');
  const s3 = s3Of(buckets, access);
  return {
    account,
    role,
    grantId,
    grantee,
    principal,
    managedPolicies: managedPolicies ? managedPolicies.split(' ') : [],
    ...(s3 && { s3 }),
  };
}

function s3Of(buckets: string | undefined, access: string | undefined): BucketAccess | undefined {
  if (!buckets || (access !== 'read' && access !== 'write')) return undefined;
  return { buckets: buckets.split(' '), access };
}
