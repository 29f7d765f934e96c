/** A run: one act over many grants, an item of its own, with an outcome for each of them. It goes on wherever it was cut off. */
import * as z from 'zod';
import { PersonRef } from './person.ts';
import { Instant } from './time.ts';

/** How many grants a plan keeps, shortens and revokes. */
export const PlanCounts = z.strictObject({ keep: z.int(), shorten: z.int(), revoke: z.int() });
export type PlanCounts = z.infer<typeof PlanCounts>;

/**
 * `already_closed`: it had ended by itself. `not_due`: it changed meanwhile, or the flow did, so that what was planned is no
 * longer what would be done; nothing was done. `failed`: nothing was done, and it is in the next plan again.
 */
export const RunOutcome = z.enum(['shortened', 'revoke_asked', 'already_closed', 'not_due', 'failed']);
export type RunOutcome = z.infer<typeof RunOutcome>;

export const RunOutcomes = z.strictObject({
  shortened: z.int(),
  revoke_asked: z.int(),
  already_closed: z.int(),
  not_due: z.int(),
  failed: z.int(),
});
export type RunOutcomes = z.infer<typeof RunOutcomes>;

/** What a run is to do to one grant. `maxSeconds`: the maximum that the plan promised. */
export const RunEntry = z.discriminatedUnion('action', [
  z.strictObject({ grantId: z.string(), action: z.literal('shorten'), maxSeconds: z.int().positive() }),
  z.strictObject({ grantId: z.string(), action: z.literal('revoke') }),
]);
export type RunEntry = z.infer<typeof RunEntry>;

export const Run = z.strictObject({
  schema: z.literal(1),
  id: z.string(),
  kind: z.literal('flow_change'),
  by: PersonRef,
  reason: z.string(),
  /** Of the plan that it carries out. */
  digest: z.string(),
  counts: PlanCounts,
  state: z.enum(['running', 'done']),
  startedAt: Instant,
  finishedAt: Instant.optional(),
  /** Grants of the plan that are to change, and how many of them have their outcome. */
  total: z.int().nonnegative(),
  position: z.int().nonnegative(),
  outcomes: RunOutcomes,
  /** What the flows would still change when it was done: failed, changed meanwhile, or not of the plan. */
  left: z.int().nonnegative().optional(),
  /** When somebody must go on with it; later than now while somebody is at it. */
  dueAt: Instant.optional(),
  /** Head of the chain of its own events. */
  chain: z.strictObject({ seq: z.int().nonnegative(), hash: z.string() }),
});
export type Run = z.infer<typeof Run>;

/** As stored under the run, one for each grant, written with the change itself. */
export const RunResult = z.strictObject({
  schema: z.literal(1),
  grantId: z.string(),
  outcome: RunOutcome,
  /** Of a failed one. */
  error: z.string().optional(),
  at: Instant,
});
export type RunResult = z.infer<typeof RunResult>;

export const noOutcomes: RunOutcomes = {
  shortened: 0,
  revoke_asked: 0,
  already_closed: 0,
  not_due: 0,
  failed: 0,
};
