/** The environment of the function issue-credentials. */
import { CoreEnv, RightsEnv, TargetEnv } from '../../shared/aws/env.ts';

export const Env = CoreEnv.extend(TargetEnv.shape).extend(RightsEnv.shape);
