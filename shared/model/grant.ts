/**
 * A grant: one grantee, one entitlement, one lifetime. The aggregate of the system: one item, one workflow execution.
 * The table of transitions below is the only place that says which status may follow which.
 */
import * as z from 'zod';
import { ApprovalPolicy, Entitlement } from './flow.ts';
import { Actor, PersonRef, Slug } from './person.ts';
import { Instant } from './time.ts';

export const openStatuses = [
  'pending',
  'approved',
  'granting',
  'active',
  'revoking',
  'revoke_failed',
] as const;
export const closedStatuses = [
  'rejected',
  'cancelled',
  'timed_out',
  'failed',
  'revoked',
  'closed_unverified',
] as const;
export const GrantStatus = z.enum([...openStatuses, ...closedStatuses]);
export type GrantStatus = z.infer<typeof GrantStatus>;
export type OpenStatus = (typeof openStatuses)[number];

/** Every legal transition. A status that may follow itself says so: the grant changes without leaving it. */
export const transitions: Record<GrantStatus, readonly GrantStatus[]> = {
  pending: ['pending', 'approved', 'rejected', 'cancelled', 'timed_out'],
  approved: ['approved', 'granting', 'cancelled', 'failed'],
  granting: ['granting', 'active', 'revoking'],
  active: ['active', 'revoking'],
  revoking: ['revoking', 'revoked', 'failed', 'revoke_failed'],
  revoke_failed: ['revoke_failed', 'revoked', 'failed', 'closed_unverified'],
  rejected: [],
  cancelled: [],
  timed_out: [],
  failed: [],
  revoked: [],
  closed_unverified: [],
};

/** Why a grant ended. */
export const Cause = z.enum([
  'expired',
  'self',
  'approver',
  'admin',
  'panic',
  'offboarded',
  'flow_changed',
  'eligibility_lost',
  'drift',
  'cancelled',
  'grant_failed',
]);
export type Cause = z.infer<typeof Cause>;

/** Somebody wants it ended. Set once; those who come later attach to it. */
export const Wanted = z.strictObject({ cause: Cause, by: Actor, reason: z.string(), at: Instant });
export type Wanted = z.infer<typeof Wanted>;

/** A call to the target that is or may still be under way there. */
export const Call = z.strictObject({
  number: z.int().positive(),
  kind: z.enum(['grant', 'extend', 'credentials', 'revoke']),
  until: Instant,
});
export type Call = z.infer<typeof Call>;

/** Who may change state at the target just now: the newest number. The list holds every call that may land yet. */
export const Lease = z.strictObject({ number: z.int().nonnegative(), calls: z.array(Call) });
export type Lease = z.infer<typeof Lease>;

/** What a grant will change at its target, by name, and what stood there before. Made before the first call, never again. */
export const Receipt = z.strictObject({
  /** Name of the artefact at the target, unique there. For a shared one, what two grants would share. */
  artefact: z.string().min(1).max(300),
  shared: z.boolean(),
  /** Did it stand before Curfew touched it? Only ever true of a shared one. */
  stood: z.boolean(),
  /** Names of the connector's own. */
  names: z.record(z.string(), z.string()),
});
export type Receipt = z.infer<typeof Receipt>;

/** What was read back from the target. */
export const Evidence = z.strictObject({
  present: z.boolean(),
  /** By what the person still has this access although the grant's own artefact is gone. */
  heldBy: z.array(z.string()),
  facts: z.record(z.string(), z.unknown()),
  readAt: Instant,
});
export type Evidence = z.infer<typeof Evidence>;

export const Outcome = z.enum(['revoked', 'already_absent', 'still_held', 'never_granted']);
export type Outcome = z.infer<typeof Outcome>;

export const Failure = z.strictObject({
  code: z.string(),
  detail: z.string(),
  at: Instant,
  effective: z.boolean(),
});
export type Failure = z.infer<typeof Failure>;

export const Decision = z.strictObject({
  by: PersonRef,
  decision: z.enum(['approve', 'reject']),
  reason: z.string(),
  at: Instant,
});
export type Decision = z.infer<typeof Decision>;

const base = z.strictObject({
  schema: z.literal(1),
  id: z.string(),
  requestId: z.string(),
  correlationId: z.string(),
  channel: z.enum(['http', 'cli', 'slack', 'web']),
  requester: PersonRef,
  grantee: PersonRef,
  /** The grantee's own login at the target, where the entitlement is about one. */
  login: z.string().optional(),
  entitlement: Entitlement,
  names: z.strictObject({
    integration: z.string(),
    resource: z.string(),
    permission: z.string(),
    flow: z.string(),
  }),
  environment: Slug,
  flow: z.strictObject({ id: Slug, version: z.int().positive() }),
  reason: z.string(),
  /** What was asked for or defaulted, and the most that the grant may ever have, from activation. With the rule that said so. */
  lifetimeSeconds: z.int().positive(),
  maxSeconds: z.int().positive(),
  lifetimeRule: z.string(),
  extendableSeconds: z.int().nonnegative(),
  extendCutoffSeconds: z.int().nonnegative(),
  extendedSeconds: z.int().nonnegative(),
  approval: z.strictObject({ policy: ApprovalPolicy, selfApproval: z.boolean() }).optional(),
  decisions: z.array(Decision),
  wanted: Wanted.optional(),
  lease: Lease,
  executions: z.int().nonnegative(),
  lastError: Failure.optional(),
  attempts: z.int().nonnegative(),
  nextTryAt: Instant.optional(),
  createdAt: Instant,
  updatedAt: Instant,
  /** When somebody must look at it next. Open grants only. */
  dueAt: Instant.optional(),
  /** Head of the event chain. */
  chain: z.strictObject({ seq: z.int().nonnegative(), hash: z.string() }),
});

const touched = base.extend({ receipt: Receipt, expiresBy: Instant });
const ending = touched.extend({
  wanted: Wanted,
  activatedAt: Instant.optional(),
  expiresAt: Instant.optional(),
  absentAt: Instant.optional(),
  found: z.boolean().optional(),
  /** What the grantee made and is there still, as the connector names it. */
  left: z.array(z.string()).optional(),
});
const closed = { closedAt: Instant };

export const Grant = z.discriminatedUnion('status', [
  base.extend({ status: z.literal('pending'), decideBy: Instant }),
  base.extend({ status: z.literal('approved') }),
  touched.extend({ status: z.literal('granting') }),
  touched.extend({ status: z.literal('active'), activatedAt: Instant, expiresAt: Instant }),
  ending.extend({ status: z.literal('revoking') }),
  ending.extend({ status: z.literal('revoke_failed') }),
  base.extend({ status: z.literal('rejected'), ...closed }),
  base.extend({ status: z.literal('cancelled'), wanted: Wanted, ...closed }),
  base.extend({ status: z.literal('timed_out'), ...closed }),
  ending
    .partial({ wanted: true, receipt: true, expiresBy: true })
    .extend({ status: z.literal('failed'), evidence: Evidence.optional(), ...closed }),
  ending.extend({ status: z.literal('revoked'), outcome: Outcome, evidence: Evidence, ...closed }),
  ending.extend({ status: z.literal('closed_unverified'), ...closed }),
]);
export type Grant = z.infer<typeof Grant>;
export type GrantIn<S extends GrantStatus> = Extract<Grant, { status: S }>;
/** A grant whose target was or may have been touched: it has a receipt. */
export type TouchedGrant = GrantIn<'granting' | 'active' | 'revoking' | 'revoke_failed'>;

/** Open means: somebody still has to look at it. */
export function isOpen(grant: Grant): grant is GrantIn<OpenStatus> {
  return (openStatuses as readonly string[]).includes(grant.status);
}

/** Is `to` a legal next status? */
export function mayBecome(from: GrantStatus, to: GrantStatus): boolean {
  return transitions[from].includes(to);
}
