/** The environment of the function revoke-access. */
import { CoreEnv, TargetEnv } from '../../shared/aws/env.ts';

export const Env = CoreEnv.extend(TargetEnv.shape);
