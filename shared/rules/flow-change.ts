/**
 * What a changed flow does to one open grant, and why: keep, shorten or revoke, as the flow's `onChange` says. It decides
 * only; nothing happens until an admin applies the plan. It never makes anything longer.
 */
import type { Flow } from '../model/flow.ts';
import type { Grant, GrantIn } from '../model/grant.ts';
import type { Person } from '../model/person.ts';
import { formatDuration, type Instant, toInstant, toMs } from '../model/time.ts';
import { resolveLifetime } from './lifetime.ts';
import { covers, mayRequest } from './match-flow.ts';

/** A flow as it is in force now; of one that left the configuration, its last version. */
export interface PresentFlow {
  flow: Flow;
  version: number;
  removed: boolean;
}

export type FlowChange =
  | { action: 'keep'; why: string }
  | {
      action: 'shorten';
      why: string;
      maxSeconds: number;
      rule: string;
      /** From activation + the new maximum, so it stays the same however often it is asked. Unknown before activation. */
      endsThen?: Instant;
    }
  | { action: 'revoke'; why: string };

/** Grants that a changed flow may touch. The others are closed, or are being ended. */
export type Changeable = GrantIn<'pending' | 'approved' | 'granting' | 'active'>;

/** Undefined: the grant has the flow's present version, is over, or is being ended already. */
export function flowChange(
  grant: Grant,
  present: PresentFlow,
  grantee: Person | undefined,
  nowMs: number,
): FlowChange | undefined {
  if (grant.flow.version === present.version || !isChangeable(grant, nowMs)) return undefined;
  const { flow } = present;
  if (flow.onChange === 'revoke') {
    const why = notGivenAnyMore(grant, present, grantee);
    if (why !== undefined) return { action: 'revoke', why };
  }
  // A flow that was stored before there was an `onChange` has none: it keeps.
  if (flow.onChange !== 'shorten' && flow.onChange !== 'revoke')
    return { action: 'keep', why: `The flow ${flow.id} keeps open grants as they were granted.` };
  return withinMaximum(grant, flow);
}

export function isChangeable(grant: Grant, nowMs: number): grant is Changeable {
  if (grant.wanted) return false;
  if (grant.status === 'active') return toMs(grant.expiresAt) > nowMs;
  return grant.status === 'pending' || grant.status === 'approved' || grant.status === 'granting';
}

/**
 * The fields of a grant that is shortened. Its end is never later than it was, and not before now: access was there until
 * now. So that it cannot be extended beyond the new maximum, that becomes its own.
 */
export function shortened(
  grant: GrantIn<'granting' | 'active'>,
  { maxSeconds, rule }: Pick<Extract<FlowChange, { action: 'shorten' }>, 'maxSeconds' | 'rule'>,
  nowMs: number,
): Record<string, unknown> {
  const lifetimeSeconds = Math.min(grant.lifetimeSeconds, maxSeconds);
  const extendedSeconds = Math.min(grant.extendedSeconds, maxSeconds - lifetimeSeconds);
  const patch = {
    lifetimeSeconds,
    extendedSeconds,
    maxSeconds: Math.min(grant.maxSeconds, maxSeconds),
    lifetimeRule: rule,
  };
  if (grant.status === 'granting') return patch;
  const end = Math.max(endOf(grant, maxSeconds), nowMs);
  return { ...patch, expiresAt: toInstant(Math.min(toMs(grant.expiresAt), end)) };
}

/** Approval, reason and self-approval were asked when it was made; they end nothing. */
function notGivenAnyMore(
  grant: Changeable,
  { flow, removed }: PresentFlow,
  grantee: Person | undefined,
): string | undefined {
  if (removed) return `The flow ${flow.id} has left the configuration.`;
  const { integration, resource, permission } = grant.entitlement;
  if (!covers(flow, { ...grant.entitlement, environment: grant.environment }))
    return `The flow ${flow.id} does not cover ${integration}/${resource}/${permission} any more.`;
  if (!grantee) return `${grant.grantee.name} is not in the directory any more.`;
  const verdict = mayRequest(flow, grantee);
  return verdict.ok ? undefined : verdict.reason;
}

function withinMaximum(grant: Changeable, flow: Flow): FlowChange {
  const target = { ...grant.entitlement, environment: grant.environment };
  const { maxSeconds, rule } = resolveLifetime(flow, target);
  const most = formatDuration(maxSeconds);
  if (grant.status === 'pending' || grant.status === 'approved')
    return { action: 'keep', why: `It is not active yet; the maximum of ${most} holds when it becomes so.` };
  const why = `The flow ${flow.id} allows ${most} now.`;
  if (grant.status === 'granting')
    return grant.lifetimeSeconds > maxSeconds
      ? { action: 'shorten', why, maxSeconds, rule }
      : { action: 'keep', why: `It stays within the ${most} that the flow ${flow.id} allows now.` };
  const endMs = endOf(grant, maxSeconds);
  return endMs < toMs(grant.expiresAt)
    ? { action: 'shorten', why, maxSeconds, rule, endsThen: toInstant(endMs) }
    : { action: 'keep', why: `It ends within the ${most} that the flow ${flow.id} allows now.` };
}

function endOf({ activatedAt }: GrantIn<'active'>, maxSeconds: number): number {
  return toMs(activatedAt) + maxSeconds * 1000;
}
