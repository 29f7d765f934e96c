/** The environment of the function notify: nothing yet. */
import * as z from 'zod';

export const Env = z.object({});
