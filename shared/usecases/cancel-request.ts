/** Requester or grantee takes a request back: every grant of it that nothing was touched for yet. */
import { amend } from '../lifecycle/amend.ts';
import { readRequestGrants } from '../lifecycle/request-grants.ts';
import { wake } from '../lifecycle/wake.ts';
import { demand, subjectOf } from '../lifecycle/who.ts';
import { CurfewError } from '../model/errors.ts';
import type { Grant } from '../model/grant.ts';
import { actorOf, type Person, refOf } from '../model/person.ts';
import type { Request } from '../model/request.ts';
import { toInstant } from '../model/time.ts';
import type { Ports } from '../ports.ts';

export interface CancelAsked {
  by: Person;
  requestId: string;
  reason?: string | undefined;
}

/** 1. authorise 2. cancel what is `pending` or `approved` 3. wake it. Throws `StateConflict` when nothing is left to cancel. */
export async function cancelRequest(
  ports: Ports,
  asked: CancelAsked,
): Promise<{ request: Request; grants: Grant[] }> {
  const { request, grants } = await readRequestGrants(ports, asked.requestId);
  for (const grant of grants)
    demand(ports, asked.by, 'request.cancel', await subjectOf(ports, asked.by, grant));
  const results = [];
  for (const grant of grants) results.push(await cancelOne(ports, asked, grant.id));
  if (!results.some((result) => result.changed))
    throw new CurfewError(
      'StateConflict',
      `Nothing of this request is left to cancel: ${results.map(({ grant }) => `${grant.id} is ${grant.status}`).join(', ')}. Access that is active is revoked, not cancelled.`,
    );
  for (const { grant, changed } of results) if (changed) await wake(ports, grant);
  return { request, grants: results.map((result) => result.grant) };
}

function cancelOne(
  ports: Ports,
  { by, reason = '' }: CancelAsked,
  grantId: string,
): Promise<{ grant: Grant; changed: boolean }> {
  return amend(ports, grantId, (grant) => {
    if (grant.status !== 'pending' && grant.status !== 'approved') return undefined;
    const at = toInstant(ports.clock.now());
    const actor = actorOf(refOf(by));
    return {
      to: 'cancelled',
      patch: {
        decideBy: undefined,
        nextTryAt: undefined,
        closedAt: at,
        wanted: { cause: 'cancelled', by: actor, reason, at },
      },
      said: { type: 'RequestCancelled', actor, cause: 'cancelled', reason },
    };
  });
}
