/** The environment of the function publish-events. */
import * as z from 'zod';

export const Env = z.object({ BUS_NAME: z.string().min(1) });
