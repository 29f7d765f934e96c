/** The environment of the function api. */
import * as z from 'zod';
import { CoreEnv, RightsEnv, WorkflowEnv } from '../../shared/aws/env.ts';

const Arn = z.string().startsWith('arn:');

export const Env = CoreEnv.extend(WorkflowEnv.shape)
  .extend(RightsEnv.shape)
  .extend({
    /** Whose tokens count, and for whom they must be. */
    ISSUER: z.url(),
    AUDIENCE: z.string().min(1),
    /** Of the functions that call targets for a person, by their aliases. */
    EXTEND_ACCESS_ARN: Arn,
    ISSUE_CREDENTIALS_ARN: Arn,
    CHECK_INTEGRATION_ARN: Arn,
  });

/** Of Curfew: the bundle holds it (infra/bundle.ts). */
export const version = process.env['CURFEW_VERSION'] ?? 'unknown';
