/** What the workflow sends to its functions. Tolerant: an execution that began a month ago sends an older shape. */
import * as z from 'zod';

const StepSeen = z.looseObject({ until: z.string().optional(), grantFailed: z.unknown().optional() });

export const StatePayload = z.looseObject({ grantId: z.string().min(1), step: StepSeen.optional() });
export type StatePayload = z.infer<typeof StatePayload>;

export const WaitPayload = z.looseObject({
  grantId: z.string().min(1),
  token: z.string().min(1),
  step: StepSeen.optional(),
});
export type WaitPayload = z.infer<typeof WaitPayload>;
