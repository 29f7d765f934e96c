/** The environment of the function api. */
import * as z from 'zod';
import { CoreEnv, TargetEnv, WorkflowEnv } from '../../shared/aws/env.ts';

export const Env = CoreEnv.extend(TargetEnv.shape)
  .extend(WorkflowEnv.shape)
  .extend({
    /** Whose tokens count, and for whom they must be. */
    ISSUER: z.url(),
    AUDIENCE: z.string().min(1),
    /** Which group holds which right: `RightGroups` as JSON. */
    RIGHTS: z.string().min(2),
  });

/** Of Curfew: the bundle holds it (infra/bundle.ts). */
export const version = process.env['CURFEW_VERSION'] ?? 'unknown';
