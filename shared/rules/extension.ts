/** May an active grant be made longer without asking again, and until when? */
import type { ErrorCode } from '../model/errors.ts';
import type { GrantIn } from '../model/grant.ts';
import { formatDuration, type Instant, toInstant, toMs } from '../model/time.ts';

export type Extension = { ok: true; expiresAt: Instant } | Refusal;

interface Refusal {
  ok: false;
  code: Extract<ErrorCode, 'StateConflict' | 'Refused'>;
  reason: string;
  rule: string;
}

/** The new end is the old one + `addSeconds`; the total from activation stays within the grant's maximum. */
export function mayExtend(grant: GrantIn<'active'>, addSeconds: number, nowMs: number): Extension {
  const flow = `flow:${grant.flow.id}`;
  if (grant.wanted) return conflict('This grant is being ended.', `grant:${grant.id} wanted`);
  const leftMs = toMs(grant.expiresAt) - nowMs;
  if (leftMs <= 0) return conflict('This grant has reached its end.', `grant:${grant.id} expiresAt`);
  if (leftMs < grant.extendCutoffSeconds * 1000) return conflict(tooLate(grant), `${flow} extendCutoff`);
  if (!Number.isSafeInteger(addSeconds) || addSeconds < 1)
    return refused('An extension is at least 1s, in whole seconds.', `${flow} lifetime`);
  const room = roomLeft(grant);
  if (addSeconds > room.seconds) return refused(tooLong(room.seconds), room.rule);
  return { ok: true, expiresAt: toInstant(toMs(grant.expiresAt) + addSeconds * 1000) };
}

/** How many whole seconds may still be added, and the rule that allows no more. */
function roomLeft(grant: GrantIn<'active'>): { seconds: number; rule: string } {
  const lifeMs = toMs(grant.expiresAt) - toMs(grant.activatedAt);
  const toMaximum = Math.max(0, Math.floor((grant.maxSeconds * 1000 - lifeMs) / 1000));
  const unasked = Math.max(0, grant.extendableSeconds - grant.extendedSeconds);
  return unasked < toMaximum
    ? { seconds: unasked, rule: `flow:${grant.flow.id} extendWithoutApproval` }
    : { seconds: toMaximum, rule: grant.lifetimeRule };
}

function tooLong(mostSeconds: number): string {
  const most = mostSeconds > 0 ? `At most ${formatDuration(mostSeconds)} can` : 'Nothing can';
  return `${most} be added to this grant without asking again. Make a new request for more.`;
}

function tooLate(grant: GrantIn<'active'>): string {
  return `Less than ${formatDuration(grant.extendCutoffSeconds)} is left, too close to the end to extend.`;
}

function conflict(reason: string, rule: string): Refusal {
  return { ok: false, code: 'StateConflict', reason: `${reason} Make a new request.`, rule };
}

function refused(reason: string, rule: string): Refusal {
  return { ok: false, code: 'Refused', reason, rule };
}
