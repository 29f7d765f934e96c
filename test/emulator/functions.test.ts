/** Functions as they are deployed: their bundles in processes of their own, over a real table, called as AWS calls them. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { configFile } from '../../config/config-file.ts';
import { readConfig } from '../../config/read-config.ts';
import { createDynamoTable } from '../../shared/aws/dynamo-table.ts';
import { createSecrets } from '../../shared/aws/secrets.ts';
import { readAllOf } from '../../shared/lifecycle/read-all.ts';
import type { Event, StoredEvent } from '../../shared/model/events.ts';
import type { Config } from '../../shared/model/config.ts';
import { clientConfig, describeOnEmulator, emulatorUrl } from '../support/emulator.ts';
import { type MadeTable, makeTable } from '../support/make-table.ts';
import { bundled, type Ran, runBundle, someEnvironment } from '../support/run-bundle.ts';

interface Listening {
  url: string;
  close(): void;
}

describeOnEmulator('a function as it is deployed', () => {
  let made: MadeTable;
  let client: DynamoDBClient;
  let config: Config;
  const folders = new Map<string, string>();
  const dirOf = (name: string) => {
    const dir = folders.get(name) ?? bundled(name);
    folders.set(name, dir);
    return dir;
  };
  const run = (name: string, events: unknown[], env: Record<string, string> = {}): Promise<Ran> =>
    runBundle(
      dirOf(name),
      { ...someEnvironment, AWS_ENDPOINT_URL: emulatorUrl(), TABLE_NAME: made.tableName, ...env },
      events,
    );

  beforeAll(async () => {
    client = new DynamoDBClient(clientConfig());
    made = await makeTable(client);
    config = await readConfig(configFile({}), {});
  });
  afterAll(() => made.drop());

  /** Has CloudFormation call load-config, and answers with what it was told. */
  async function deploy(written: unknown, properties: Record<string, string>, type = 'Create') {
    const text = JSON.stringify(written);
    await writeFile(join(dirOf('load-config'), 'config.json'), text);
    const told: Record<string, string>[] = [];
    const place = await listen((body) => void told.push(JSON.parse(body) as Record<string, string>));
    const digest = createHash('sha256').update(text).digest('hex');
    const ran = await run('load-config', [
      {
        RequestType: type,
        ResponseURL: `${place.url}/?signature=hunter2`,
        StackId: 's',
        RequestId: 'r',
        LogicalResourceId: 'l',
        ResourceProperties: { ConfigDigest: digest, ...properties },
        ...(type !== 'Create' && { PhysicalResourceId: 'curfew-configuration' }),
      },
    ]);
    place.close();
    expect(ran.output).not.toContain('hunter2');
    return { ...ran, told };
  }

  const loadedBy = async () => {
    const table = createDynamoTable({ tableName: made.tableName, client });
    const found: string[] = [];
    for (const { id } of config.flows) {
      const items = await readAllOf<StoredEvent>(
        { table },
        { partition: `GRANT#flow:${id}`, from: 'EVENT#', to: 'EVENT$' },
      );
      found.push(...items.map(({ data }) => (JSON.parse(data.line) as Event).actor.id ?? ''));
    }
    return found;
  };

  it('load-config loads what was deployed with it, says who deployed, and may be called twice', async () => {
    const first = await deploy(config, { DeployedBy: 'arn:aws:sts::0:assumed-role/deployer/ana' });
    expect(first.told).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'curfew-configuration' }]);
    const by = await loadedBy();
    expect(by).toHaveLength(config.flows.length);
    expect(new Set(by)).toEqual(new Set(['deploy:arn:aws:sts::0:assumed-role/deployer/ana']));
    const again = await deploy(config, { DeployedBy: 'ben' }, 'Update');
    expect(again.told).toMatchObject([{ Status: 'SUCCESS' }]);
    expect(await loadedBy()).toEqual(by);
  });

  it('load-config says why it failed, and changes nothing when its stack is deleted', async () => {
    const other = await deploy(config, { DeployedBy: 'ana', ConfigDigest: 'f'.repeat(64) }, 'Update');
    expect(other.told).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('deploy again') }]);
    expect(other.thrown).toBeUndefined();
    const before = await loadedBy();
    const gone = await deploy({}, { DeployedBy: 'ana' }, 'Delete');
    expect(gone.told).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'curfew-configuration' }]);
    expect(await loadedBy()).toEqual(before);
  });

  it('api answers by itself: health, people by their tokens, and nobody by a forged one', async () => {
    await deploy(config, { DeployedBy: 'ana' });
    const { issuer, tokenOf, forged } = await anIssuer();
    const call = (path: string, token?: string) => ({
      version: '2.0',
      rawPath: path,
      rawQueryString: '',
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      requestContext: { domainName: 'x.example', http: { method: 'GET', path } },
      isBase64Encoded: false,
    });
    const { answers, output } = await run(
      'api',
      [
        call('/health'),
        call('/me', await tokenOf('ana')),
        call('/me', await forged('ana')),
        call('/me', await tokenOf('nobody')),
      ],
      { ISSUER: issuer.url, AUDIENCE: 'curfew' },
    );
    issuer.close();
    const [health, ana, bad, nobody] = answers as { statusCode: number; body: string }[];
    expect(health).toMatchObject({ statusCode: 200 });
    expect(JSON.parse(health!.body)).toMatchObject({
      status: 'ok',
      problems: [],
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    });
    expect(ana).toMatchObject({ statusCode: 200, body: expect.stringContaining('Ana Alves') });
    expect([bad?.statusCode, nobody?.statusCode]).toEqual([401, 403]);
    expect(output).not.toMatch(/eyJ/);
  });

  it('api says what is wrong where its table is not there', async () => {
    const call = {
      rawPath: '/health',
      headers: {},
      requestContext: { domainName: 'x', http: { method: 'GET' } },
    };
    const { answers } = await run('api', [call], { TABLE_NAME: 'not-there' });
    const [health] = answers as { statusCode: number; body: string }[];
    expect(health?.statusCode).toBe(503);
    expect(JSON.parse(health!.body)).toMatchObject({
      status: 'failing',
      problems: ['The table does not answer.'],
    });
  });

  it('a state function throws by the name that the state machine matches, and writes no secrets', async () => {
    const event = { grantId: 'gr_none', token: 'hunter2', step: { password: 'hunter2' } };
    for (const name of ['hold-access', 'ask-approvers', 'revoke-access', 'grant-access']) {
      const { thrown, output } = await run(name, [event]);
      expect(thrown).toEqual({ name: 'NotFound', message: 'Not found', stack: 'NotFound', more: [] });
      expect(output).not.toContain('hunter2');
    }
    const { thrown } = await run('hold-access', [event], { TABLE_NAME: 'not-there' });
    expect(thrown?.name).toMatch(/^(Unavailable|Internal)$/);
  });

  it('reconcile looks, and says what it found, zero too', async () => {
    const { answers, output } = await run('reconcile', [
      { 'detail-type': 'Scheduled Event' },
      { Records: [{ eventSource: 'aws:sqs', messageId: 'm', body: '{}' }] },
    ]);
    expect(answers).toEqual([null, { batchItemFailures: [] }]);
    expect(output.match(/"RevocationOverdueSeconds":0/g)).toHaveLength(2);
  });

  it('notify says which event came, and nothing of what it says', async () => {
    const { output } = await run('notify', [
      { 'detail-type': 'AccessGranted', source: 'curfew', detail: { id: 'gr_1-3', reason: 'hunter2' } },
    ]);
    expect(output).toContain('"eventId":"gr_1-3"');
    expect(output).toContain('"eventType":"AccessGranted"');
    expect(output).not.toContain('hunter2');
  });
});

describeOnEmulator('a secret in Secrets Manager', () => {
  it('is read by its name under the prefix, and by its new value once it is rotated', async () => {
    const manager = new SecretsManagerClient(clientConfig());
    const name = `curfew/test-${process.pid}/orders-db`;
    await manager.send(new CreateSecretCommand({ Name: name, SecretString: 'old' }));
    let now = 0;
    const { get } = createSecrets(
      { SECRET_PREFIX: `curfew/test-${process.pid}/` },
      { client: manager, clock: { now: () => now } },
    );
    expect(await get('orders-db')).toBe('old');
    await manager.send(new PutSecretValueCommand({ SecretId: name, SecretString: 'new' }));
    now += 60_000;
    expect(await get('orders-db')).toBe('new');
    await expect(get('nope')).rejects.toMatchObject({
      code: 'TargetUnavailable',
      message: expect.stringContaining('/nope"'),
    });
  });
});

function listen(onBody: (body: string, path: string) => unknown): Promise<Listening> {
  const server = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk) => (body += String(chunk)));
    req.on('end', () => res.end(JSON.stringify(onBody(body, req.url ?? '') ?? {})));
  });
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve({
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        close: () => server.close(),
      }),
    ),
  );
}

/** An OIDC issuer of one key, with its discovery document; and somebody who forges. */
async function anIssuer() {
  const [own, other] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')]);
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'k', alg: 'ES256', use: 'sig' };
  const issuer = await listen((_, path) =>
    path.startsWith('/.well-known')
      ? { issuer: issuer.url, jwks_uri: `${issuer.url}/jwks` }
      : { keys: [jwk] },
  );
  const sign = (key: typeof own, sub: string) =>
    new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: 'k', typ: 'at+jwt' })
      .setIssuer(issuer.url)
      .setAudience('curfew')
      .setSubject(sub)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(key.privateKey);
  return { issuer, tokenOf: (sub: string) => sign(own, sub), forged: (sub: string) => sign(other, sub) };
}
