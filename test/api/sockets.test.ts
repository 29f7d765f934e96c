/** The same app behind a real socket: what clients of every manner send there gets its answer, and the connection survives. */
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { serve } from '@hono/node-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorld, type World } from './world.ts';

let world: World;
let server: ReturnType<typeof serve>;
let port: number;

beforeAll(async () => {
  world = await createWorld();
  server = serve({ fetch: world.app.fetch, hostname: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});

afterAll(async () => {
  server.close();
  if ('closeAllConnections' in server) server.closeAllConnections();
});

const auth = { authorization: 'Bearer ada' };

type Init = Omit<RequestInit, 'headers'> & { headers?: Record<string, string>; duplex?: 'half' };

function send(path: string, init: Init = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers: { ...auth, ...init.headers } });
}

/** Writes the bytes as they are; answers with the first line of what comes back. */
async function raw(text: string | Uint8Array): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(text);
  const [chunk] = (await once(socket, 'data', { signal: AbortSignal.timeout(10_000) })) as [Buffer];
  socket.destroy();
  return chunk.toString('latin1').split('\r\n')[0] ?? '';
}

test('a body of 2 MB is refused, and the next call is served', async () => {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ reason: 'x'.repeat(2_000_000) });
  expect((await send('/requests', { method: 'POST', headers, body })).status).toBe(413);
  expect((await send('/me')).status).toBe(200);
});

test('a body of 2 MB in chunks, without its length, is refused too', async () => {
  const chunk = new Uint8Array(100_000).fill(32);
  const body = new ReadableStream({
    start(controller) {
      for (let n = 0; n < 20; n++) controller.enqueue(chunk);
      controller.close();
    },
  });
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    duplex: 'half',
  } as const;
  expect((await send('/requests', init)).status).toBe(413);
});

test('a request works, and without a body where none is needed', async () => {
  const entitlements = [{ integration: 'orders-db', resource: 'orders', permission: 'read' }];
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  const made = await send('/requests', {
    method: 'POST',
    headers,
    body: JSON.stringify({ entitlements, reason: 'Größe' }),
  });
  expect(made.status).toBe(201);
  const { id, reason } = (await made.json()) as { id: string; reason: string };
  expect(reason).toBe('Größe');
  expect((await send(`/requests/${id}/cancel`, { method: 'POST' })).status).toBe(200);
});

test('what is no proper request line or path is a 4xx', async () => {
  const end = 'Host: x\r\nAuthorization: Bearer ada\r\nConnection: close\r\n\r\n';
  expect(await raw(`GET /grants/%zz HTTP/1.1\r\n${end}`)).toMatch(/ 404 /);
  expect(await raw(`GET /grants/\xff\xfe HTTP/1.1\r\n${end}`)).toMatch(/ 4\d\d /);
  expect(await raw(Buffer.from(`GET /catalog?q=\xff HTTP/1.1\r\n${end}`, 'latin1'))).toMatch(/ 4\d\d /);
  expect(await raw(`GET http://evil.example/me HTTP/1.1\r\n${end}`)).not.toMatch(/ 5\d\d /);
  expect(await raw(`BREW /me HTTP/1.1\r\n${end}`)).toMatch(/ 4\d\d /);
});

test('a body that breaks off is not an error of ours', async () => {
  const socket = connect(port, '127.0.0.1');
  socket.write(
    'POST /requests HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ada\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"rea',
  );
  socket.destroySoon();
  expect((await send('/me')).status).toBe(200);
  expect(world.log).toEqual([]);
});
