/** The configuration as a resource of the deployment: what is read, and how CloudFormation is answered. */
import { createHash } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { afterEach, describe, expect, it } from 'vitest';
import { configFile } from '../../config/config-file.ts';
import { readConfig } from '../../config/read-config.ts';
import { answer } from '../../functions/load-config/custom-resource.ts';
import { readDeployed } from '../../functions/load-config/deployed.ts';
import { Config } from '../../shared/model/config.ts';

interface Got {
  method: string | undefined;
  type: string | undefined;
  length: string | undefined;
  body: Record<string, string>;
}

/** The address that CloudFormation waits at: a bucket that takes one PUT, signed for no type. Answers with these statuses. */
async function place(...statuses: number[]): Promise<{ url: string; got: Got[] }> {
  const got: Got[] = [];
  const server = createServer((req, res) => {
    void (async () => {
      const text = await textOf(req);
      const { 'content-type': type, 'content-length': length } = req.headers;
      got.push({ method: req.method, type, length, body: JSON.parse(text) as Record<string, string> });
      res.writeHead(statuses.shift() ?? 200).end();
    })();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/bucket?signature=hunter2`, got };
}

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function textOf(req: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of req) text += String(chunk);
  return text;
}

const event = (url: string, more: Partial<CloudFormationCustomResourceEvent> = {}) =>
  ({
    RequestType: 'Create',
    ResponseURL: url,
    StackId: 'arn:stack',
    RequestId: 'req-1',
    LogicalResourceId: 'Config',
    ResourceType: 'Custom::CurfewConfiguration',
    ResourceProperties: { ServiceToken: 'x' },
    ...more,
  }) as CloudFormationCustomResourceEvent;

describe('CloudFormation is answered', () => {
  it('by one PUT without a type, which its address is signed for', async () => {
    const { url, got } = await place();
    await answer(event(url), { ok: true });
    expect(got).toHaveLength(1);
    expect(got[0]).toMatchObject({
      method: 'PUT',
      body: {
        Status: 'SUCCESS',
        PhysicalResourceId: 'curfew-configuration',
        StackId: 'arn:stack',
        RequestId: 'req-1',
        LogicalResourceId: 'Config',
      },
    });
    expect(got[0]?.type ?? '').toBe('');
    expect(Number(got[0]?.length)).toBeGreaterThan(0);
  });

  it('with the id that it knows: another would delete the one before', async () => {
    const { url, got } = await place();
    const update = {
      RequestType: 'Update',
      PhysicalResourceId: 'as-it-was',
      OldResourceProperties: {},
    } as never;
    await answer(event(url, update), { ok: true });
    expect(got[0]?.body['PhysicalResourceId']).toBe('as-it-was');
  });

  it('with the reason of a failure, as much of it as fits', async () => {
    const { url, got } = await place();
    await answer(event(url), { ok: false, reason: `flows.0.id: wrong; ${'x'.repeat(10_000)}` });
    expect(got[0]?.body).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(/^flows\.0\.id: wrong/),
    });
    expect(Number(got[0]?.length)).toBeLessThan(4096);
  });

  it('again, while its address does not take the answer; in the end it gives up, without naming it', async () => {
    const slow = await place(500, 503, 200);
    await answer(event(slow.url), { ok: true }, 1);
    expect(slow.got).toHaveLength(3);
    const gone = await place(...Array.from({ length: 9 }, () => 403));
    const failure = await answer(event(gone.url), { ok: true }, 1).catch((error: unknown) => error as Error);
    expect(gone.got).toHaveLength(5);
    expect(String(failure)).toContain('could not be answered');
    expect(String((failure as Error).stack)).not.toContain('hunter2');
  });
});

async function written(value: unknown): Promise<{ file: string; digest: string }> {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const file = join(await mkdtemp(join(tmpdir(), 'curfew-config-')), 'config.json');
  await writeFile(file, text);
  return { file, digest: createHash('sha256').update(text).digest('hex') };
}

describe('the configuration beside the code', () => {
  it('is the example as synth parsed it: durations in seconds, nothing lost', async () => {
    const config = await readConfig(configFile({}), {});
    const { file, digest } = await written(config);
    const { flows, integrations, people } = await readDeployed(file, digest);
    expect({ flows, integrations, people }).toEqual({
      flows: config.flows,
      integrations: config.integrations,
      people: config.people,
    });
    expect(flows[0]?.lifetime.max).toBe(3600);
    // Which is why the schema cannot say it once more: it takes durations in words.
    expect(Config.safeParse(JSON.parse(JSON.stringify(config))).success).toBe(false);
  });

  it('is refused where it is another than the one that is deployed', async () => {
    const { file } = await written({});
    await expect(readDeployed(file, 'f'.repeat(64))).rejects.toMatchObject({
      code: 'StateConflict',
      message: expect.stringContaining('deploy again'),
    });
  });

  it('that is none is refused with the paths of its faults', async () => {
    const { file, digest } = await written({
      flows: [{ id: 'a', lifetime: { max: '1h' } }],
      integrations: [],
      people: [],
    });
    const failure = await readDeployed(file, digest).catch((error: unknown) => error as Error);
    expect(failure).toMatchObject({ code: 'Malformed' });
    expect((failure as Error).message).toContain('flows.0.lifetime.max: ');
    expect((failure as Error).message).toContain('people: ');
  });
});
