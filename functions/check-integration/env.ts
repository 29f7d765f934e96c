/** The environment of the function check-integration. */
import { CoreEnv, RightsEnv, TargetEnv } from '../../shared/aws/env.ts';

export const Env = CoreEnv.extend(TargetEnv.shape).extend(RightsEnv.shape);
