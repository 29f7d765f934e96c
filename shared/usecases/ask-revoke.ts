/**
 * Somebody wants a grant ended, whatever its status. 1. authorise 2. before anything was touched: cancel; after it: write
 * that it is wanted, due now 3. wake the hold. The ending itself is revoke-access.ts.
 */
import { amend } from '../lifecycle/amend.ts';
import { mustReadGrant } from '../lifecycle/load.ts';
import { wake } from '../lifecycle/wake.ts';
import { wantEnd } from '../lifecycle/want-end.ts';
import { demand, subjectOf } from '../lifecycle/who.ts';
import { type Cause, type Grant, isOpen } from '../model/grant.ts';
import { actorOf, type Person, refOf } from '../model/person.ts';
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
    wantEnd(current, { cause, by: actorOf(refOf(asked.by)), reason: asked.reason }, ports.clock.now()),
  );
  if (changed) await wake(ports, grant);
  return { grant, alreadyClosed: !changed && !isOpen(grant) };
}

function causeOf(ports: Ports, by: Person, subject: Subject): Cause {
  const roles = rolesFor({ person: by, rights: rightsOf(by, ports.directory.rights()) }, subject);
  if (roles.includes('grantee') || roles.includes('requester')) return 'self';
  return roles.includes('approver') ? 'approver' : 'admin';
}
