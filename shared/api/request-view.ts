/** A request as the API shows it: with its grants, and a status that is derived from theirs. */
import * as z from 'zod';
import type { Grant } from '../model/grant.ts';
import { PersonRef } from '../model/person.ts';
import { type Request, requestStatus } from '../model/request.ts';
import { Instant } from '../model/time.ts';
import { GrantView, grantView } from './grant-view.ts';

export const RequestView = z
  .object({
    id: z.string(),
    status: z.enum(['pending', 'open', 'closed']).meta({
      description: '`pending` while a decision is missing, `open` while any grant is open, else `closed`.',
    }),
    requester: PersonRef,
    grantee: PersonRef,
    reason: z.string(),
    channel: z.string(),
    createdAt: Instant,
    grants: z.array(GrantView).meta({ description: 'Those of its grants that the caller may see.' }),
  })
  .meta({ id: 'Request' });
export type RequestView = z.infer<typeof RequestView>;

/** The public view at `nowMs` (epoch milliseconds). `shown`: those of all its grants that the caller may see. */
export function requestView(request: Request, grants: Grant[], nowMs: number, shown = grants): RequestView {
  const { id, requester, grantee, reason, channel, createdAt } = request;
  const status = requestStatus(grants.map((grant) => grant.status));
  const views = shown.map((grant) => grantView(grant, nowMs));
  return { id, status, requester, grantee, reason, channel, createdAt, grants: views };
}
