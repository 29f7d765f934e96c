/** Access flows: the policy, as data. Who may ask for what, who approves, for how long. */
import * as z from 'zod';
import { Slug } from './person.ts';
import { Duration } from './time.ts';

/** A resource or permission id inside an integration. Longer and freer than a slug: buckets and databases name themselves. */
export const LocalId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}$/, 'must be 1-128 letters, digits or . _ : / @ -');

/** What can be asked for: one permission on one resource of one integration. */
export const Entitlement = z.strictObject({ integration: Slug, resource: LocalId, permission: LocalId });
export type Entitlement = z.infer<typeof Entitlement>;

/** Who may approve: one person, anybody in a group, or the grantee's manager. */
export const Selector = z.union([
  z.strictObject({ person: Slug }),
  z.strictObject({ group: Slug }),
  z.strictObject({ manager: z.literal(true) }),
]);
export type Selector = z.infer<typeof Selector>;

/**
 * `anyOf`: one approval by anybody whom one of the selectors names. `allOf`: one distinct person for each selector;
 * one person never fills two.
 */
export const ApprovalPolicy = z.union([
  z.strictObject({ anyOf: z.array(Selector).min(1).max(10) }),
  z.strictObject({ allOf: z.array(Selector).min(1).max(10) }),
]);
export type ApprovalPolicy = z.infer<typeof ApprovalPolicy>;

/** Which entitlements a rule speaks of. What is left out matches everything. */
export const EntitlementMatch = z.strictObject({
  environment: Slug.optional(),
  integration: Slug.optional(),
  resource: LocalId.optional(),
  permission: LocalId.optional(),
});
export type EntitlementMatch = z.infer<typeof EntitlementMatch>;

/** Lifetimes that hold for a part of what a flow covers. The most specific rule wins; ties go to the shorter. */
export const LifetimeRule = z
  .strictObject({ when: EntitlementMatch, default: Duration.optional(), max: Duration })
  .refine((rule) => (rule.default ?? 0) <= rule.max, {
    path: ['default'],
    error: 'must not be longer than max',
  });
export type LifetimeRule = z.infer<typeof LifetimeRule>;

export const Lifetime = z
  .strictObject({ default: Duration, max: Duration, rules: z.array(LifetimeRule).max(100).default([]) })
  .refine((life) => life.default <= life.max, { path: ['default'], error: 'must not be longer than max' });
export type Lifetime = z.infer<typeof Lifetime>;

export const Flow = z.strictObject({
  id: Slug,
  name: z.string().min(1).max(120),
  /** Who may ask, by group or person. Everybody, when left out. */
  requesters: z
    .array(z.union([z.strictObject({ person: Slug }), z.strictObject({ group: Slug })]))
    .optional(),
  entitlements: z.array(EntitlementMatch).min(1).max(100),
  /** Left out: approved automatically. */
  approval: ApprovalPolicy.optional(),
  /** May grantee or requester approve? No, unless a flow says so. */
  selfApproval: z.boolean().default(false),
  /** How long approvers have; then the request times out. */
  decideWithin: Duration.default(86_400),
  lifetime: Lifetime,
  /** For approved flows: how much may be added in all without asking again. Automatic flows extend up to their maximum. */
  extendWithoutApproval: Duration.optional(),
  /** An extension is refused when less than this is left: too close to the end, it would race it. */
  extendCutoff: Duration.default(30),
  reason: z
    .strictObject({ pattern: z.string().max(200), hint: z.string().max(200) })
    .refine((reason) => isRegex(reason.pattern), { path: ['pattern'], error: 'must be a regular expression' })
    .optional(),
  /**
   * What a change of this flow does to open grants, once an admin applies it (a deploy alone changes none). `keep`: they run
   * as they were granted. `shorten`: none lasts longer than the new maximum. `revoke`: besides, what the flow would not give
   * any more ends. Of a flow that left the configuration its last version counts.
   */
  onChange: z.enum(['keep', 'shorten', 'revoke']).default('keep'),
});
export type Flow = z.infer<typeof Flow>;

function isRegex(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
