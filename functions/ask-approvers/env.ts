/** The environment of the function ask-approvers. */
import { CoreEnv } from '../../shared/aws/env.ts';

export const Env = CoreEnv;
