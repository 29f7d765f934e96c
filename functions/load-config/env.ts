/** The environment of the function load-config. */
import * as z from 'zod';

export const Env = z.object({ TABLE_NAME: z.string().min(3) });
