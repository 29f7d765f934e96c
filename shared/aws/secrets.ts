/** The Secrets port on Secrets Manager: `<prefix><name in the configuration>`, at its present version. */
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { CurfewError } from '../model/errors.ts';
import type { Clock, Secrets } from '../ports.ts';
import { clientOptions } from './client-options.ts';
import { createClock } from './clock.ts';
import type { TargetEnv } from './env.ts';
import { failureOf } from './failure.ts';

/** So soon a rotated secret is met. A call that began before has its own copy anyway. */
const keptMs = 60_000;

export interface SecretsOptions {
  client?: SecretsManagerClient;
  clock?: Pick<Clock, 'now'>;
}

/** `get` throws `TargetUnavailable`, naming the secret, where there is none, it is no text, or it may not be read. */
export function createSecrets(
  { SECRET_PREFIX: prefix }: TargetEnv,
  { client = new SecretsManagerClient(clientOptions), clock = createClock() }: SecretsOptions = {},
): Secrets {
  const known = new Map<string, { text: Promise<string>; until: number }>();
  return {
    get(name) {
      const kept = known.get(name);
      if (kept && kept.until > clock.now()) return kept.text;
      const text = read(client, `${prefix}${name}`);
      known.set(name, { text, until: clock.now() + keptMs });
      // A failure is not kept.
      text.catch(() => known.delete(name));
      return text;
    },
  };
}

async function read(client: SecretsManagerClient, id: string): Promise<string> {
  const answer = await client.send(new GetSecretValueCommand({ SecretId: id })).catch((error: unknown) => {
    if (error instanceof ResourceNotFoundException) throw unavailable(`There is no secret "${id}": make it.`);
    throw failureOf(error, 'TargetUnavailable', `The secret "${id}" cannot be read`);
  });
  if (answer.SecretString === undefined)
    throw unavailable(`The secret "${id}" must be a text: store it as one.`);
  return answer.SecretString;
}

function unavailable(detail: string): CurfewError {
  return new CurfewError('TargetUnavailable', detail, { mayLand: false });
}
