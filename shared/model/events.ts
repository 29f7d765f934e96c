/**
 * Audit events. Each is written in the same transaction as the change it tells of, and carries the hash of the one
 * before it, so that a grant's events form a chain.
 */
import * as z from 'zod';
import { Actor } from './person.ts';
import { Instant } from './time.ts';

/** Which verb writes which event. A verb is a use case; the workflow's states are among them. */
export const eventOf = {
  'submit-request': 'RequestSubmitted',
  'decide-request': 'RequestDecided',
  'cancel-request': 'RequestCancelled',
  'close-request': 'RequestClosed',
  'ask-approvers': 'ApproversAsked',
  'grant-access': 'AccessGranted',
  'hold-access': 'AccessHeld',
  'extend-access': 'AccessExtended',
  'issue-credentials': 'CredentialsIssued',
  'ask-revoke': 'RevokeAsked',
  'revoke-access': 'AccessRevoked',
  'record-revoke-failed': 'RevokeFailedRecorded',
  reconcile: 'ExecutionRestarted',
  'restart-execution': 'ExecutionReplaced',
  'release-leases': 'LeaseReleased',
  'load-config': 'FlowLoaded',
  'apply-flows': 'FlowsApplied',
  'continue-run': 'RunFinished',
} as const;

/** Events beside the one that tells of a verb's success: what was meant, and what did not work. */
export const sideEvents = [
  'GrantIntended',
  'GrantAttemptFailed',
  'RevokeStarted',
  'RevokeAttemptFailed',
  'RevokeSettling',
  'ExtendIntended',
  'ExtendAttemptFailed',
  'CredentialsIntended',
  'CredentialsAttemptFailed',
  'CallReturned',
  'GrantRefused',
  'AccessShortened',
  'IntegrationLoaded',
  'DirectoryLoaded',
  'FlowOrderLoaded',
] as const;

export const EventType = z.enum([...Object.values(eventOf), ...sideEvents]);
export type EventType = z.infer<typeof EventType>;

/** An event as it is hashed and stored: the field order is this one, always. */
export const Event = z.strictObject({
  schema: z.literal(1),
  id: z.string(),
  grantId: z.string(),
  requestId: z.string(),
  seq: z.int().positive(),
  type: EventType,
  at: Instant,
  actor: Actor,
  cause: z.string().optional(),
  reason: z.string().optional(),
  before: z.string().nullable(),
  after: z.string(),
  correlationId: z.string(),
  details: z.record(z.string(), z.unknown()),
  prevHash: z.string(),
});
export type Event = z.infer<typeof Event>;

/** What an event says beyond what its grant knows. */
export interface Said {
  type: EventType;
  actor: Actor;
  cause?: string | undefined;
  reason?: string | undefined;
  details?: Record<string, unknown>;
}

/** As stored: the exact bytes that were hashed, and SHA-256 over them, in hex. */
export const StoredEvent = z.strictObject({ line: z.string(), hash: z.string() });
export type StoredEvent = z.infer<typeof StoredEvent>;

/** `prevHash` of a chain's first event. */
export const noHash = '0'.repeat(64);
