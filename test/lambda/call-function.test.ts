/** One function calls another: once, for a bounded time, and what goes wrong with it is `Unavailable`. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createFunctionCaller } from '../../shared/aws/call-function.ts';

const arn = 'arn:aws:lambda:eu-west-1:111111111111:function:curfew-test-extend-access:live';
const undo: (() => unknown)[] = [];
afterEach(() => Promise.all(undo.splice(0).map((step) => step())));

/** A caller of the Lambda that `answer` stands for, and the requests that came. */
async function lambda(answer: RequestListener, patienceMs?: number) {
  const requests: { url: string; body: string; connection: string | undefined }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      requests.push({
        url: decodeURIComponent(request.url ?? ''),
        body,
        connection: request.headers.connection,
      });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undo.push(() => (server.closeAllConnections(), server.close()));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  undo.push(() => delete process.env['AWS_ENDPOINT_URL']);
  const call = createFunctionCaller(undefined, patienceMs);
  return { requests, call: () => call(arn, { by: 'ana', reason: 'grüß dich', left: undefined }) };
}

it('sends the payload to the alias, and answers with what came back', async () => {
  const { requests, call } = await lambda((_, response) => void response.end('{"ok":true,"value":"ä"}'));
  expect(await call()).toEqual({ ok: true, value: 'ä' });
  expect(requests).toEqual([
    {
      url: `/2015-03-31/functions/${arn}/invocations`,
      body: '{"by":"ana","reason":"grüß dich"}',
      // It may be dead by the next call: a function stands still between two.
      connection: 'close',
    },
  ]);
});

const failing: [string, RequestListener][] = [
  ['a function that threw', (_, response) => void response.setHeader('x-amz-function-error', 'Unhandled').end('{"errorMessage":"hunter2"}')],
  ['one that AWS does not let run', (_, response) => void response.writeHead(429, { 'x-amzn-errortype': 'TooManyRequestsException' }).end('{"message":"hunter2"}')],
  ['one that may not be called', (_, response) => void response.writeHead(403, { 'x-amzn-errortype': 'AccessDeniedException' }).end('{"message":"hunter2"}')],
  ['a fault of AWS', (_, response) => void response.writeHead(500).end('{"message":"hunter2"}')],
  ['a connection that is cut', (request) => void request.socket.destroy()],
  ['one that is silent for too long', () => undefined],
]; // biome-ignore format: a table

it.each(failing)('%s is Unavailable, and is not called a second time', async (_, answer) => {
  const { requests, call } = await lambda(answer, 300);
  await expect(call()).rejects.toMatchObject({
    code: 'Unavailable',
    message: expect.not.stringContaining('hunter2'),
  });
  expect(requests).toHaveLength(1);
});
