/** `npm start -- --aws`: a laptop gives access to an AWS account, too, and takes it away again. The server is a real child process. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, becomes, credentialsOf, decide } from '../support/asking.ts';
import {
  accountNumber,
  type AwsAccount,
  assume,
  type Keys,
  prepareAwsAccount,
} from '../support/aws-account.ts';
import { outcomeOf, readObject } from '../support/aws-subject.ts';
import { clientConfig, describeOnEmulator, emulatorUrl } from '../support/emulator.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Nothing of whoever runs the tests. */
function environment(keys: Keys | undefined, more: Record<string, string> = {}): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: emulatorUrl(),
    AWS_REGION: clientConfig().region,
    AWS_PROFILE: '',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ACCESS_KEY_ID: keys?.accessKeyId ?? '',
    AWS_SECRET_ACCESS_KEY: keys?.secretAccessKey ?? '',
    AWS_SESSION_TOKEN: keys?.sessionToken ?? '',
    ...more,
  };
}

describeOnEmulator('npm start -- --aws', () => {
  let account: AwsAccount;
  let server: TestServer;
  beforeAll(async () => {
    account = await prepareAwsAccount({ installed: 'local', own: true });
    const buckets = { CURFEW_AWS_BUCKETS: account.bucket };
    server = await startServer(environment(account.source, buckets), ['--aws']);
  });
  afterAll(() => server?.remove());

  const wanted = (permission: string) => ({
    integration: 'aws-account',
    resource: account.bucket,
    permission,
  });
  const roleOf = async (id: string) => String((await credentialsOf(server, 'ana', id))['roleArn']);
  const session = async (id: string) => assume(account.ana.keys, await roleOf(id));
  const use = (keys: Keys) => outcomeOf(readObject(keys, account.bucket));

  test('says which account it has found, and that it is ready', async () => {
    expect(server.output()).toContain(`AWS         ${account.account}    (integration "aws-account")\n`);
    const { body } = await server.call('adam', 'GET', '/integrations/aws-account/check');
    expect(body).toMatchObject({ ok: true });
  });

  test('gives a role that the grantee can assume, until it is revoked', async () => {
    const { id } = await ask(server, 'ana', wanted('read'), '5m');
    await becomes(server, id, 'active', 40);
    const role = await roleOf(id);
    const keys = await session(id);
    expect(await use(keys)).toBe('done');
    expect(await outcomeOf(readObject(keys, account.otherBucket))).toBe('denied');
    expect((await server.call('ana', 'POST', `/grants/${id}/revoke`, { reason: 'done' })).status).toBe(202);
    // Cut at once; called revoked once it was read back after the time that IAM may lag.
    await expect.poll(() => use(keys), { timeout: 5_000 }).toBe('denied');
    const revoked = await becomes(server, id, 'revoked', 60);
    expect(revoked).toMatchObject({ outcome: 'revoked', evidence: { present: false } });
    expect(await outcomeOf(assume(account.ana.keys, role))).toBe('denied');
  });

  test('ends by itself what is not revoked, and asks an admin before more is given', async () => {
    const asked = await ask(server, 'ana', wanted('write'), '4s');
    expect(asked.status).toBe('pending');
    expect(await decide(server, 'adam', 'approve', asked)).toBe(200);
    await becomes(server, asked.id, 'active', 40);
    const keys = await session(asked.id);
    await expect.poll(() => use(keys), { timeout: 15_000 }).toBe('denied');
    expect(await becomes(server, asked.id, 'revoked', 60)).toMatchObject({ wanted: { cause: 'expired' } });
  });

  test('goes on with what it had given when it is started again', async () => {
    const { id } = await ask(server, 'ana', wanted('read'), '5m');
    await becomes(server, id, 'active', 40);
    const keys = await session(id);
    await server.kill();
    await server.start();
    await server.call('ana', 'POST', `/grants/${id}/revoke`, { reason: 'done' });
    await expect.poll(() => use(keys), { timeout: 15_000 }).toBe('denied');
  });
});

describeOnEmulator('npm start -- --aws on a fresh account', () => {
  let server: TestServer;
  const account = accountNumber();
  beforeAll(async () => {
    server = await startServer(environment(clientConfig(account).credentials), ['--aws']);
  });
  afterAll(() => server?.remove());

  test('starts all the same, and says what is missing and what to do', async () => {
    expect(server.output()).toContain(`AWS         ${account}    (integration "aws-account"): not ready yet`);
    expect(server.output()).toMatch(/local-granter: It is not open.* the reader, who could tell/);
    for (const duty of ['reader', 'extender', 'revoker'])
      expect(server.output()).toMatch(new RegExp(`local-${duty}.*does not let Curfew in.*target stack`));
    expect(server.output()).toContain('npx --no cdk deploy -c stage=laptop');
    const { body } = await server.call('adam', 'GET', '/integrations/aws-account/check');
    expect(body).toMatchObject({ ok: false });
  });

  test('serves its other targets', async () => {
    const wanted = { integration: 'orders-db', resource: 'orders', permission: 'read' };
    const { id } = await ask(server, 'ana', wanted, '2m');
    await becomes(server, id, 'active');
  });
});

describeOnEmulator('npm start', () => {
  const started = async (env: Record<string, string>, options: string[]) => {
    try {
      const server = await startServer(env, options);
      await server.remove();
      return 'it started';
    } catch (error) {
      return (error as Error).message;
    }
  };

  test('does not take options that it does not know', async () => {
    const said = await started({}, ['--asw']);
    expect(said).toContain('npm start does not know "--asw"');
    expect(said).toContain('--aws     add the AWS account');
    expect(said).not.toContain('    at ');
  });

  test('-- --aws without credentials says how to get some', async () => {
    expect(await started(environment(undefined), ['--aws'])).toMatch(/--aws: there are no AWS credentials/);
  });

  test('-- --aws with credentials that nobody knows says whom it asked', async () => {
    const keys = { accessKeyId: 'AKIAAAAAAAAAAAAAAAAA', secretAccessKey: 'wrong' };
    expect(await started(environment(keys), ['--aws'])).toMatch(
      /--aws: http:\/\/127\S+ \(AWS_ENDPOINT_URL\) does not say who you are/,
    );
  });

  test('-- --aws says so when nothing answers there', async () => {
    const keys = { accessKeyId: accountNumber(), secretAccessKey: 'x' };
    const env = environment(keys, { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' });
    expect(await started(env, ['--aws'])).toMatch(/--aws: http:\/\/127.0.0.1:9 .*does not say who you are/);
  });
});
