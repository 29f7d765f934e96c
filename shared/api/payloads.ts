/**
 * What the API hands to the functions that call targets for a person. It names the person and tells nothing of them: who that is,
 * and what they may do, the function reads itself.
 */
import * as z from 'zod';
import { Slug } from '../model/person.ts';
import { longestSeconds } from '../model/time.ts';
import { MadeId, Reason } from './values.ts';

// Not strict: for the moments of a deployment the one side is newer than the other.
const Payload = z.object({
  by: Slug,
  /** Of the API's own answer: by it the logs of both are found. */
  correlationId: z.string().max(64),
});

export const ExtendPayload = Payload.extend({
  grantId: MadeId,
  durationSeconds: z.int().min(1).max(longestSeconds),
  reason: Reason,
  idempotency: z
    .object({ key: z.string().regex(/^[\x21-\x7e]{1,128}$/), bodyHash: z.string().regex(/^[0-9a-f]{64}$/) })
    .optional(),
});

export const CredentialsPayload = Payload.extend({ grantId: MadeId });

export const CheckPayload = Payload.extend({ integrationId: Slug });
