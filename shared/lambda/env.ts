/** The environment of a function, parsed once when it is loaded: a deployment that lacks something fails at its first start. */
import type * as z from 'zod';

/** Throws a ZodError that names what is missing. */
export function readEnv<T extends z.ZodType>(env: T): z.output<T> {
  return env.parse(process.env);
}
