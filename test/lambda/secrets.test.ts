/** Secrets of targets: read by prefix, soon new after a rotation, and an error that names the secret and nothing else. */
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSecrets } from '../../shared/aws/secrets.ts';

const manager = mockClient(SecretsManagerClient);
let now = 0;
const secrets = () =>
  createSecrets(
    { SECRET_PREFIX: 'curfew/prod/' },
    { client: new SecretsManagerClient({ region: 'eu-west-1' }), clock: { now: () => now } },
  );
beforeEach(() => {
  manager.reset();
  now = 1_000_000;
});

describe('a secret', () => {
  it('is read by its name under the prefix, at its present version', async () => {
    manager.on(GetSecretValueCommand).resolves({ SecretString: 's1' });
    expect(await secrets().get('orders-db')).toBe('s1');
    expect(manager.commandCalls(GetSecretValueCommand)[0]?.args[0].input).toEqual({
      SecretId: 'curfew/prod/orders-db',
    });
  });

  it('is asked for once a minute, so that a rotated one is met soon', async () => {
    manager.on(GetSecretValueCommand).resolvesOnce({ SecretString: 'old' }).resolves({ SecretString: 'new' });
    const { get } = secrets();
    expect(await Promise.all([get('a'), get('a')])).toEqual(['old', 'old']);
    now += 59_999;
    expect(await get('a')).toBe('old');
    now += 1;
    expect(await get('a')).toBe('new');
    expect(manager.commandCalls(GetSecretValueCommand)).toHaveLength(2);
  });

  it('that is not there is TargetUnavailable, naming it; and is looked for again', async () => {
    const missing = new ResourceNotFoundException({ message: 'x', $metadata: {} });
    manager.on(GetSecretValueCommand).rejectsOnce(missing).resolves({ SecretString: 's' });
    const { get } = secrets();
    await expect(get('orders-db')).rejects.toMatchObject({
      code: 'TargetUnavailable',
      message: 'There is no secret "curfew/prod/orders-db": make it.',
      details: { mayLand: false },
    });
    expect(await get('orders-db')).toBe('s');
  });

  it('that is no text is said to be none', async () => {
    manager.on(GetSecretValueCommand).resolves({ SecretBinary: new Uint8Array([1]) });
    await expect(secrets().get('a')).rejects.toThrow(/must be a text/);
  });

  it.each([
    ['AccessDeniedException', 'TargetUnavailable'],
    ['ThrottlingException', 'Throttled'],
    ['InternalServiceError', 'TargetUnavailable'],
  ])('that cannot be read (%s) is %s, in our words', async (name, code) => {
    manager.on(GetSecretValueCommand).rejects(Object.assign(new Error('hunter2'), { name }));
    const failure = await secrets()
      .get('a')
      .catch((error: unknown) => error as Error);
    expect(failure).toMatchObject({ code });
    expect((failure as Error).message).toContain('curfew/prod/a');
    expect((failure as Error).message).not.toContain('hunter2');
  });
});
