/** What the workflow sends to its functions. Tolerant: an execution that began a month ago sends an older shape. */
import * as z from 'zod';

/** What cannot be understood is no step at all: the table says where the grant stands, and a bad callback must not stop its end. */
const StepSeen = z
  .looseObject({ until: z.string().optional(), grantFailed: z.unknown().optional() })
  .optional()
  .catch(undefined);

export const StatePayload = z.looseObject({ grantId: z.string().min(1), step: StepSeen });
export type StatePayload = z.infer<typeof StatePayload>;

export const WaitPayload = z.looseObject({
  grantId: z.string().min(1),
  token: z.string().min(1),
  step: StepSeen,
});
export type WaitPayload = z.infer<typeof WaitPayload>;
