/** A grant as the API shows it: everything a person may know of it, and none of the machinery that drives it. */
import * as z from 'zod';
import { ApprovalPolicy, Entitlement } from '../model/flow.ts';
import { Decision, Evidence, Failure, Grant, GrantStatus, isOpen, Outcome, Wanted } from '../model/grant.ts';
import { PersonRef } from '../model/person.ts';
import { formatDuration, Instant, secondsUntil } from '../model/time.ts';

export const GrantView = z
  .object({
    id: z.string(),
    requestId: z.string(),
    status: GrantStatus,
    open: z
      .boolean()
      .meta({ description: 'Somebody or something still has to look at it; `revoke_failed` too.' }),
    grantee: PersonRef,
    requester: PersonRef,
    entitlement: Entitlement,
    names: z.object({
      integration: z.string(),
      resource: z.string(),
      permission: z.string(),
      flow: z.string(),
    }),
    environment: z.string(),
    flow: z.object({ id: z.string(), version: z.int() }),
    approval: z.union([z.literal('automatic'), ApprovalPolicy]),
    reason: z.string(),
    channel: z.string(),
    duration: z.string().meta({ description: 'From activation, extensions included.' }),
    maxDuration: z.string().meta({ description: 'The most it may ever have, from activation.' }),
    lifetimeRule: z.string(),
    createdAt: Instant,
    updatedAt: Instant,
    decideBy: Instant.optional(),
    activatedAt: Instant.optional(),
    expiresAt: Instant.optional(),
    timeLeft: z
      .string()
      .optional()
      .meta({ description: 'Until `expiresAt` by the server’s clock, while active.' }),
    nextTryAt: Instant.optional(),
    closedAt: Instant.optional(),
    decisions: z.array(Decision),
    wanted: Wanted.optional().meta({ description: 'Who wants it ended, and why.' }),
    outcome: Outcome.optional(),
    evidence: Evidence.optional().meta({ description: 'What was read back from the target after the end.' }),
    lastError: Failure.optional(),
    attempts: z.int(),
  })
  .meta({ id: 'Grant' });
export type GrantView = z.infer<typeof GrantView>;

/** The public view at `nowMs` (epoch milliseconds). */
export function grantView(grant: Grant, nowMs: number): GrantView {
  return {
    id: grant.id,
    requestId: grant.requestId,
    status: grant.status,
    open: isOpen(grant),
    grantee: grant.grantee,
    requester: grant.requester,
    entitlement: grant.entitlement,
    names: grant.names,
    environment: grant.environment,
    flow: grant.flow,
    approval: grant.approval?.policy ?? 'automatic',
    reason: grant.reason,
    channel: grant.channel,
    duration: formatDuration(grant.lifetimeSeconds + grant.extendedSeconds),
    maxDuration: formatDuration(grant.maxSeconds),
    lifetimeRule: grant.lifetimeRule,
    createdAt: grant.createdAt,
    updatedAt: grant.updatedAt,
    ...times(grant, nowMs),
    decisions: grant.decisions,
    ...present(grant, ['wanted', 'outcome', 'evidence', 'lastError']),
    attempts: grant.attempts,
  };
}

function times(grant: Grant, nowMs: number): Partial<GrantView> {
  return {
    ...present(grant, ['decideBy', 'activatedAt', 'expiresAt', 'nextTryAt', 'closedAt']),
    ...(grant.status === 'active' && { timeLeft: formatDuration(secondsUntil(grant.expiresAt, nowMs)) }),
  };
}

/** The named fields that this status has. */
function present(grant: Grant, names: (keyof GrantView)[]): Partial<GrantView> {
  const record = grant as Record<string, unknown>;
  return Object.fromEntries(
    names.flatMap((name) => (record[name] === undefined ? [] : [[name, record[name]]])),
  );
}
