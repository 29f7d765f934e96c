/** Credentials of a function: those of its environment, and none that are half there. */
import { afterEach, expect, it, vi } from 'vitest';
import { defaultProvider } from '../../shared/aws/environment-credentials.ts';

afterEach(() => vi.unstubAllEnvs());

function given(id: string, secret: string, token: string): void {
  vi.stubEnv('AWS_ACCESS_KEY_ID', id);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secret);
  vi.stubEnv('AWS_SESSION_TOKEN', token);
}

it('are those of the environment, as they are when they are asked for', async () => {
  const provide = defaultProvider();
  given('id', 'secret', 'token');
  expect(await provide()).toEqual({ accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'token' });
  given('id', 'secret', '');
  expect(await provide()).toEqual({ accessKeyId: 'id', secretAccessKey: 'secret' });
});

it('are missing where the environment has none', async () => {
  given('id', '', '');
  await expect(defaultProvider()()).rejects.toThrow('no AWS credentials');
});
