/** The environment of the function reconcile. */
import { CoreEnv, TargetEnv, WorkflowEnv } from '../../shared/aws/env.ts';

export const Env = CoreEnv.extend(TargetEnv.shape).extend(WorkflowEnv.shape);
