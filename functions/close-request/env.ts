/** The environment of the function close-request. */
import { CoreEnv } from '../../shared/aws/env.ts';

export const Env = CoreEnv;
