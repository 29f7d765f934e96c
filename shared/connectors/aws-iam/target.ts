/** How an AWS account is configured as an integration, and what it has on offer. */
import * as z from 'zod';
import type { Offer } from '../contract.ts';
import { type BucketAccess, grantPolicy } from './grant-policy.ts';
import { limits, textOf } from './policy.ts';
import { refused } from './refused.ts';

/** IAM's own default for policies attached to one role; Curfew's is an inline one and does not count. */
const mostPolicies = 10;

const Name = z.string().min(1).max(120);
const LocalId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}$/);
const ManagedPolicy = z
  .string()
  .regex(
    /^arn:aws:iam::aws:policy\/[\w+=,.@/-]{1,512}$/,
    'must be the ARN of an AWS managed policy, arn:aws:iam::aws:policy/...',
  );
const Bucket = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket, without a path');
const Group = z.string().regex(/^[\w+=,.@-]{1,128}$/, 'must be the name of an IAM group, without a path');

const Permission = z
  .strictObject({
    name: Name.optional(),
    /** A role with these policies. */
    managedPolicies: z.array(ManagedPolicy).min(1).max(mostPolicies).optional(),
    /** A role that reads, or reads and writes, the objects of these buckets. */
    buckets: z.array(Bucket).min(1).optional(),
    access: z.enum(['read', 'write']).optional(),
    /** Membership of the grantee's own user in this group. */
    group: Group.optional(),
  })
  .superRefine(checkPermission);

const Resource = z.strictObject({
  name: Name.optional(),
  permissions: z.record(LocalId, Permission),
});

export const AwsIamTarget = z.strictObject({
  account: z.string().regex(/^\d{12}$/, 'must be the 12 digits of an AWS account, in quotes'),
  /** Given when a connector role is assumed: one of this integration's own, so that nobody else's Curfew can be used for it. */
  externalId: z
    .string()
    .regex(/^[\w+=,.@:/-]{16,200}$/, 'must be 16-200 letters, digits or any of + = , . @ : / -'),
  /** What grantees' profiles are made for. IAM itself has no region. */
  region: z
    .string()
    .regex(
      /^(?!cn-|us-gov-|us-iso)[a-z]{2}(-[a-z]+)+-\d$/,
      'must be a region of the partition aws, like eu-central-1',
    ),
  resources: z.record(LocalId, Resource),
});
export type AwsIamTarget = z.infer<typeof AwsIamTarget>;

/** What one permission stands for. */
export type Meaning =
  | { kind: 'role'; managedPolicies: string[]; s3?: BucketAccess }
  | { kind: 'membership'; group: string };

/** Every permission on every resource. */
export function offersOf(target: AwsIamTarget): Offer[] {
  return Object.entries(target.resources).flatMap(([resource, { name, permissions }]) =>
    Object.entries(permissions).map(([permission, offer]) => ({
      resource,
      resourceName: name ?? resource,
      permission,
      permissionName: offer.name ?? permission,
      mode: offer.group === undefined ? ('account' as const) : ('membership' as const),
    })),
  );
}

/** What an entitlement means here. Throws `TargetRefused` when nothing of that name is on offer. */
export function meaningOf(target: AwsIamTarget, resource: string, permission: string): Meaning {
  const place = Object.hasOwn(target.resources, resource) ? target.resources[resource] : undefined;
  const offer =
    place && Object.hasOwn(place.permissions, permission) ? place.permissions[permission] : undefined;
  if (!offer) throw refused(`The integration has no "${permission}" on "${resource}".`);
  return meaning(offer);
}

/** Everything on offer, each once. */
export function meaningsOf(target: AwsIamTarget): Meaning[] {
  return Object.values(target.resources).flatMap(({ permissions }) =>
    Object.values(permissions).map(meaning),
  );
}

/** The IAM groups on offer. */
export function groupsOf(target: AwsIamTarget): string[] {
  const groups = meaningsOf(target).flatMap((one) => (one.kind === 'membership' ? [one.group] : []));
  return [...new Set(groups)];
}

function meaning({ managedPolicies, buckets, access, group }: z.infer<typeof Permission>): Meaning {
  if (group !== undefined) return { kind: 'membership', group };
  if (buckets && access) return { kind: 'role', managedPolicies: [], s3: { buckets, access } };
  return { kind: 'role', managedPolicies: managedPolicies ?? [] };
}

interface Given {
  managedPolicies?: string[] | undefined;
  buckets?: string[] | undefined;
  access?: 'read' | 'write' | undefined;
  group?: string | undefined;
}

function checkPermission(given: Given, ctx: z.RefinementCtx): void {
  const fault = (path: string[], message: string) => ctx.addIssue({ code: 'custom', path, message });
  const { managedPolicies, buckets, access, group } = given;
  const chosen = [managedPolicies, buckets, group].filter((one) => one !== undefined).length;
  if (chosen !== 1) fault([], 'must have one of managedPolicies, buckets or group');
  if (buckets && !access) fault(['access'], 'must say read or write');
  if (!buckets && access) fault(['access'], 'is for buckets');
  for (const [field, list] of Object.entries({ managedPolicies, buckets }))
    if (new Set(list).size !== (list ?? []).length) fault([field], 'names something twice');
  if (!buckets || !access) return;
  const size = textOf(grantPolicy(new Date(0), { buckets, access })).length;
  if (size > limits.roleInline)
    fault(
      ['buckets'],
      `would need a policy of ${size} characters, and IAM takes ${limits.roleInline}: make two permissions of it`,
    );
}
