/** The environment of the function record-revoke-failed. */
import { CoreEnv } from '../../shared/aws/env.ts';

export const Env = CoreEnv;
