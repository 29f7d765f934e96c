/** A request: one submission, which opens one grant per entitlement. Its status is derived from theirs, never stored. */
import * as z from 'zod';
import type { GrantStatus } from './grant.ts';
import { PersonRef } from './person.ts';
import { Instant } from './time.ts';

/** So that request, grants and events fit into one write of at most 100 items. */
export const mostEntitlements = 20;

export const Request = z.strictObject({
  schema: z.literal(1),
  id: z.string(),
  requester: PersonRef,
  grantee: PersonRef,
  reason: z.string(),
  channel: z.enum(['http', 'cli', 'slack', 'web']),
  correlationId: z.string(),
  grantIds: z.array(z.string()).min(1).max(mostEntitlements),
  createdAt: Instant,
});
export type Request = z.infer<typeof Request>;

export type RequestStatus = 'pending' | 'open' | 'closed';

/** `pending` while a decision is missing, `open` while any grant is, else `closed`. */
export function requestStatus(statuses: GrantStatus[]): RequestStatus {
  if (statuses.includes('pending')) return 'pending';
  const open: GrantStatus[] = ['approved', 'granting', 'active', 'revoking', 'revoke_failed'];
  return statuses.some((status) => open.includes(status)) ? 'open' : 'closed';
}
