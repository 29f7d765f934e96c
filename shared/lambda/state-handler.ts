/** The entry of a function behind a state of the workflow: checks what the workflow sends, and throws errors that carry a name alone. */
import type * as z from 'zod';
import { CurfewError } from '../model/errors.ts';
import { entry, type Entry } from './entry.ts';

/** A payload that is none of `schema` is `Malformed`, which names fields and quotes no values. */
export function stateHandler<S extends z.ZodType, R>(
  schema: S,
  run: (payload: z.output<S>) => Promise<R>,
): Entry<unknown, R> {
  return entry(async (event) => {
    const parsed = schema.safeParse(event);
    if (!parsed.success)
      throw new CurfewError('Malformed', 'The workflow sent something else than its payload.');
    return run(parsed.data);
  });
}
