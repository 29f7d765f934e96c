/** The entry of a function that the API calls for a person: it finds out itself who that is, and answers with refusals as values. */
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type * as z from 'zod';
import { type Answer, refusalOf } from '../model/answer.ts';
import { CurfewError, errors } from '../model/errors.ts';
import type { Person } from '../model/person.ts';
import type { Directory, Ports } from '../ports.ts';
import { entry, type Entry, subjectOf } from './entry.ts';
import { codeOf, traces } from './failure.ts';
import { log } from './log.ts';
import { metrics } from './metrics.ts';

/** Never throws. `by` is the active person of the directory whom the payload names, as they are now. */
export function answerHandler<S extends z.ZodType<{ by: string }>, R>(
  schema: S,
  { directory }: Pick<Ports, 'directory'>,
  run: (payload: Omit<z.output<S>, 'by'> & { by: Person }) => Promise<R>,
): Entry<unknown, Answer> {
  return entry(async (event) => {
    try {
      const payload = read(schema, event);
      return { ok: true, value: await run({ ...payload, by: await activePerson(directory, payload.by) }) };
    } catch (error) {
      note(error, event);
      return refusalOf(error);
    }
  });
}

/** The API has looked at what people send: what does not fit here is a fault of ours. */
function read<S extends z.ZodType>(schema: S, event: unknown): z.output<S> {
  const parsed = schema.safeParse(event);
  if (!parsed.success) throw new CurfewError('Internal', 'The API sent something else than its payload.');
  return parsed.data;
}

async function activePerson(directory: Directory, id: string): Promise<Person> {
  const person = await directory.person(id);
  if (person?.active) return person;
  throw new CurfewError('Forbidden', 'The directory has no active person of your name. Ask an admin.');
}

/** A refusal is no fault, and nobody has to look at it. */
function note(error: unknown, event: unknown): void {
  const code = codeOf(error);
  if (errors[code].status < 500) return;
  log(code === 'Internal' ? 'error' : 'warn', 'failed', { ...traces(error), ...subjectOf(event) });
  metrics.addMetric('Failed', MetricUnit.Count, 1);
}
