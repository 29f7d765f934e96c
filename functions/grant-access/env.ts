/** The environment of the function grant-access. */
import { CoreEnv, TargetEnv } from '../../shared/aws/env.ts';

export const Env = CoreEnv.extend(TargetEnv.shape);
