/**
 * The lease of a grant (or of a shared artefact): the newest number may change state at the target, and the list holds
 * every call that may still land there. `revoked` is only ever written when that list is empty (invariant 2).
 */
import type { Call, Lease } from '../model/grant.ts';
import { toInstant, toMs } from '../model/time.ts';

export const noLease: Lease = { number: 0, calls: [] };

/** The lease with one more call, and that call. Calls that are over by now are forgotten. */
export function takeLease(
  lease: Lease,
  kind: Call['kind'],
  callSeconds: number,
  nowMs: number,
): { lease: Lease; call: Call } {
  const call: Call = { number: lease.number + 1, kind, until: toInstant(nowMs + callSeconds * 1000) };
  return { lease: { number: call.number, calls: [...livingCalls(lease, nowMs), call] }, call };
}

/** The lease without a call that has returned and can have no further effect. */
export function releaseLease(lease: Lease, number: number, nowMs: number): Lease {
  return { ...lease, calls: livingCalls(lease, nowMs).filter((call) => call.number !== number) };
}

/** Calls that may still be under way at the target, but for one's own. */
export function livingCalls(lease: Lease, nowMs: number, ownNumber?: number): Call[] {
  return lease.calls.filter((call) => toMs(call.until) > nowMs && call.number !== ownNumber);
}

/** Is somebody revoking just now? Only that holds another revoke back. */
export function isBeingRevoked(lease: Lease, nowMs: number): boolean {
  return livingCalls(lease, nowMs).some((call) => call.kind === 'revoke');
}
