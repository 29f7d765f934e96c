/** The environment of the function hold-access. */
import { CoreEnv } from '../../shared/aws/env.ts';

export const Env = CoreEnv;
