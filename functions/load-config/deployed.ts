/** The configuration that was deployed with this code, as `config.json` beside it. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { type Config, Integration } from '../../shared/model/config.ts';
import { CurfewError } from '../../shared/model/errors.ts';
import { Person } from '../../shared/model/person.ts';

type Loaded = Pick<Config, 'flows' | 'integrations' | 'people'>;

/**
 * It was checked at synth, and is written as that check gave it: durations are seconds, so flows would not pass their schema
 * once more. The digest says that it is the very same; what is looked at again is only whether it is a configuration.
 */
const Deployed = z.looseObject({
  flows: z.array(z.looseObject({ id: z.string(), lifetime: z.looseObject({ max: z.int().positive() }) })),
  integrations: z.array(Integration),
  people: z.array(Person).min(1),
});

/** Throws `StateConflict` where it is another than the one asked for, `Malformed` with paths where it is none. */
export async function readDeployed(file: string, digest: string): Promise<Loaded> {
  const bytes = await readFile(file);
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== digest)
    throw new CurfewError(
      'StateConflict',
      `The function carries the configuration ${found.slice(0, 12)}, and ${digest.slice(0, 12)} is to be loaded: deploy again.`,
    );
  const parsed = Deployed.safeParse(JSON.parse(bytes.toString('utf8')));
  if (parsed.success) return parsed.data as unknown as Loaded;
  const faults = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  const told = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new CurfewError('Malformed', `The configuration has faults: ${told}`, { errors: faults });
}
