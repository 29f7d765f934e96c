/**
 * Somebody wants a grant ended, whatever its status. 1. authorise 2. before anything was touched: cancel; after it: write
 * that it is wanted, due now 3. wake the hold. The ending itself is revoke-access.ts.
 */
import { amend, type Change } from '../lifecycle/amend.ts';
import { mustReadGrant } from '../lifecycle/load.ts';
import { wake } from '../lifecycle/wake.ts';
import { demand, subjectOf } from '../lifecycle/who.ts';
import { type Cause, type Grant, isOpen } from '../model/grant.ts';
import { type Actor, actorOf, type Person, refOf } from '../model/person.ts';
import { toInstant } from '../model/time.ts';
import type { Ports } from '../ports.ts';
import { rightsOf, rolesFor, type Subject } from '../rules/authorize.ts';

export interface RevokeAsked {
  by: Person;
  grantId: string;
  reason: string;
}

/** Throws `NotFound` and `Forbidden`. Who comes second attaches to the first; on a closed grant it is a successful no-op. */
export async function askRevoke(
  ports: Ports,
  asked: RevokeAsked,
): Promise<{ grant: Grant; alreadyClosed: boolean }> {
  const { grant: found } = await mustReadGrant(ports, asked.grantId);
  const subject = await subjectOf(ports, asked.by, found);
  demand(ports, asked.by, 'grant.revoke', subject);
  const cause = causeOf(ports, asked.by, subject);
  const { grant, changed } = await amend(ports, asked.grantId, (current) =>
    wanting(current, cause, asked, ports.clock.now()),
  );
  if (changed) await wake(ports, grant);
  return { grant, alreadyClosed: !changed && !isOpen(grant) };
}

function causeOf(ports: Ports, by: Person, subject: Subject): Cause {
  const roles = rolesFor({ person: by, rights: rightsOf(by, ports.directory.rights()) }, subject);
  if (roles.includes('grantee') || roles.includes('requester')) return 'self';
  return roles.includes('approver') ? 'approver' : 'admin';
}

function wanting(grant: Grant, cause: Cause, { by, reason }: RevokeAsked, nowMs: number): Change | undefined {
  const at = toInstant(nowMs);
  const actor: Actor = actorOf(refOf(by));
  const wanted = grant.wanted ?? { cause, by: actor, reason, at };
  const said = { type: 'RevokeAsked' as const, actor, cause, reason };
  if (!isOpen(grant)) return undefined;
  switch (grant.status) {
    case 'pending':
    case 'approved':
      return {
        to: 'cancelled',
        patch: { decideBy: undefined, nextTryAt: undefined, closedAt: at, wanted },
        said,
      };
    case 'granting':
    case 'active':
      return grant.wanted ? undefined : { to: grant.status, patch: { wanted, nextTryAt: undefined }, said };
    case 'revoke_failed':
      return { to: grant.status, patch: { nextTryAt: undefined }, said };
    case 'revoking':
  }
}
