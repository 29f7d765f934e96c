/** Starts a bundle in a fresh process, as a cold start does, and takes its time: until it is loaded, until its first call goes out. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { someEnvironment } from '../test/support/run-bundle.ts';

export interface Start {
  /** `import()` of the bundle, with every client made. */
  loadMs: number;
  /** From the beginning of that to when its first request arrives. NaN where none does. */
  firstMs: number;
}

/** Lends a way to start bundles, whose calls go to a server here that refuses each at once. */
export async function withStarts<T>(
  work: (start: (dir: string) => Promise<Start>) => Promise<T>,
): Promise<T> {
  let arrived = Number.NaN;
  const server = createServer((req, res) => {
    if (Number.isNaN(arrived)) arrived = performance.timeOrigin + performance.now();
    req.resume();
    res.writeHead(400, { 'content-type': 'application/json' }).end('{"__type":"ValidationException"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    return await work(async (dir) => {
      arrived = Number.NaN;
      const { began, loaded } = await run(dir, url);
      return { loadMs: loaded - began, firstMs: arrived - began };
    });
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

function run(dir: string, url: string): Promise<{ began: number; loaded: number }> {
  const env = { ...someEnvironment, AWS_ENDPOINT_URL: url };
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, join(dir, 'index.mjs'), url], {
    env,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as { began: number; loaded: number }));
    child.once('exit', (code) => reject(new Error(`${dir} did not load: exit code ${code}`)));
  });
}

/** One event that makes any of the functions call something. */
const script = `
const now = () => performance.timeOrigin + performance.now();
const [file, url] = process.argv.slice(1);
const began = now();
const { handler } = await import(file);
const loaded = now();
const line = JSON.stringify({
  schema: 1, id: 'e', grantId: 'g', requestId: '', seq: 1, type: 'AccessGranted', at: '2026-11-25T00:00:00.000Z',
  actor: { kind: 'system', id: 'x' }, before: null, after: 'x', correlationId: 'c', details: {}, prevHash: 'x',
});
const event = {
  grantId: 'gr_1', token: 't', step: {}, by: 'ana', correlationId: 'c', integrationId: 'i', durationSeconds: 1, reason: 'r',
  rawPath: '/health', headers: {}, requestContext: { domainName: 'x', http: { method: 'GET' } },
  Records: [{ eventName: 'INSERT', dynamodb: { SequenceNumber: '1', NewImage: { kind: { S: 'event' }, data: { S: JSON.stringify({ line, hash: 'x' }) } } } }],
  'detail-type': 'X', detail: { id: 'x' },
  RequestType: 'Delete', ResponseURL: url, ResourceProperties: {},
};
const context = { getRemainingTimeInMillis: () => 30_000 };
const call = Promise.resolve(handler(event, context)).catch(() => undefined);
await Promise.race([call, new Promise((resolve) => setTimeout(resolve, 2_000))]);
process.send({ began, loaded }, () => process.exit(0));
`;
