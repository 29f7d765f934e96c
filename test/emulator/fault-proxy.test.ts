/** The fault proxy does what it says, so that a test behind it tests something: stock clients see each of its faults. */
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  IAMClient,
  ListRolesCommand,
} from '@aws-sdk/client-iam';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { accountNumber } from '../support/aws-account.ts';
import { clientConfig, describeOnEmulator, emulatorUrl } from '../support/emulator.ts';
import { type FaultProxy, type Rule, startFaultProxy } from '../support/fault-proxy.ts';

const account = accountNumber();
const trust = JSON.stringify({ Version: '2012-10-17', Statement: [] });

let proxy: FaultProxy;
let now = 0;
let roleName: string;

const settings = (endpoint: string, maxAttempts = 1) => ({ ...clientConfig(account, endpoint), maxAttempts });
const through = (maxAttempts?: number) => new IAMClient(settings(proxy.url, maxAttempts));
const create = () => new CreateRoleCommand({ RoleName: roleName, AssumeRolePolicyDocument: trust });
const remove = () => new DeleteRoleCommand({ RoleName: roleName });
const get = () => new GetRoleCommand({ RoleName: roleName });
const isThere = (client: IAMClient) => client.send(get()).then(() => true, () => false); // biome-ignore format: one thought
/** Seen past the proxy. */
const landed = () => isThere(new IAMClient(clientConfig(account)));
const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => ({ name: 'none' }),
    (error: { name: string; $metadata?: { httpStatusCode?: number } }) => error,
  );

describeOnEmulator('the fault proxy', () => {
  beforeAll(async () => {
    proxy = await startFaultProxy({ target: emulatorUrl(), now: () => now });
  });
  afterAll(() => proxy.close());
  beforeEach(() => {
    now = 0;
    roleName = `role-${randomBytes(6).toString('hex')}`;
    proxy.rules([]);
  });

  test('passes on what no rule is about', async () => {
    proxy.rules([{ action: /^Delete/, fault: { kind: 'throttled' } }]);
    await through().send(create());
    expect(await landed()).toBe(true);
    expect(proxy.calls()).toEqual([{ action: 'CreateRole', fault: undefined }]);
  });

  test.each<[string, Rule['fault'], string, number]>([
    ['throttles', { kind: 'throttled' }, 'Throttling', 400],
    ['fails as a busy service', { kind: 'failed', status: 503 }, 'ServiceUnavailable', 503],
    ['fails as a broken service', { kind: 'failed', status: 500 }, 'ServiceFailureException', 500],
    [
      'refuses in words of its own',
      { kind: 'refused', status: 409, code: 'LimitExceeded', message: 'Full.' },
      'LimitExceededException',
      409,
    ],
  ])('%s, and nothing lands', async (_, fault, name, status) => {
    proxy.rules([{ action: /^CreateRole$/, fault }]);
    const error = await errorOf(through().send(create()));
    expect(error).toMatchObject({ name, $metadata: { httpStatusCode: status } });
    expect(await landed()).toBe(false);
  });

  test('throttles a JSON service in its own form', async () => {
    proxy.rules([{ service: 'dynamodb', fault: { kind: 'throttled' } }]);
    const client = new DynamoDBClient(settings(proxy.url));
    expect(await errorOf(client.send(new ListTablesCommand({})))).toMatchObject({
      name: 'ThrottlingException',
    });
  });

  test('is something that a patient client gets over', async () => {
    proxy.rules([{ nth: [1], fault: { kind: 'throttled' } }]);
    await through(3).send(create());
    expect(proxy.calls().map(({ fault }) => fault)).toEqual(['throttled', undefined]);
  });

  test('loses an answer after the effect', async () => {
    proxy.rules([{ fault: { kind: 'answer lost' } }]);
    expect((await errorOf(through().send(create()))).name).not.toBe('none');
    expect(await landed()).toBe(true);
  });

  test('loses a request before the effect', async () => {
    proxy.rules([{ fault: { kind: 'request lost' } }]);
    expect((await errorOf(through().send(create()))).name).not.toBe('none');
    expect(await landed()).toBe(false);
  });

  test('lets an effect land after its client has given up', async () => {
    proxy.rules([{ fault: { kind: 'late', ms: 400 } }]);
    const abortSignal = AbortSignal.timeout(100);
    expect((await errorOf(through().send(create(), { abortSignal }))).name).toBe('AbortError');
    expect(await landed()).toBe(false);
    await expect.poll(landed, { timeout: 5_000 }).toBe(true);
  });

  test('shows what is new as absent until the lag is over', async () => {
    proxy.rules([{ fault: { kind: 'stale', seconds: 10 } }]);
    await through().send(create());
    expect(await errorOf(through().send(get()))).toMatchObject({ name: 'NoSuchEntityException' });
    now = 11_000;
    expect(await isThere(through())).toBe(true);
  });

  test('shows what is deleted as present until the lag is over', async () => {
    const seen = async () => {
      const { Roles = [] } = await through().send(new ListRolesCommand({ PathPrefix: '/', MaxItems: 1000 }));
      return [await isThere(through()), Roles.some((role) => role.RoleName === roleName)];
    };
    await through().send(create());
    expect(await seen()).toEqual([true, true]);
    proxy.rules([{ fault: { kind: 'stale', seconds: 10 } }]);
    now = 60_000;
    await through().send(remove());
    expect(await seen()).toEqual([true, true]);
    now = 71_000;
    expect(await seen()).toEqual([false, false]);
  });

  test('strikes the calls that are meant, and by chance the same ones each time', async () => {
    const strikes = async (rule: Rule) => {
      proxy.rules([rule]);
      for (let i = 0; i < 12; i += 1) await isThere(through());
      return proxy.calls().map(({ fault }) => fault !== undefined);
    };
    const third = await strikes({ nth: [3], fault: { kind: 'throttled' } });
    expect(third.indexOf(true)).toBe(2);
    expect(third.filter(Boolean)).toHaveLength(1);
    const half = await strikes({ chance: 0.5, fault: { kind: 'throttled' } });
    expect(new Set(half).size).toBe(2);
    expect(await strikes({ chance: 0.5, fault: { kind: 'throttled' } })).toEqual(half);
  });

  test('takes nothing that AWS would not take, and says so at the end', async () => {
    const strict = await startFaultProxy({ target: emulatorUrl() });
    const post = async (body: string, headers: Record<string, string> = {}) => {
      const form = { 'content-type': 'application/x-www-form-urlencoded', ...headers };
      return (await fetch(strict.url, { method: 'POST', headers: form, body })).status;
    };
    const authorization =
      'AWS4-HMAC-SHA256 Credential=AKIA/20261125/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0';
    expect(await post('Action=ListRoles')).toBe(400);
    expect(await post('Action=ListRolls', { authorization })).toBe(400);
    await expect(strict.close()).rejects.toThrow(/POST \/ is not signed; iam knows no ListRolls/);
  });
});
