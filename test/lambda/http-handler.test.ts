/** The API behind API Gateway: real events of payload format 2.0, the real app, and an answer to whatever comes. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../../functions/api/log.ts';
import { problemOf } from '../../functions/api/problem.ts';
import { httpHandler } from '../../shared/lambda/http-handler.ts';
import { createWorld, type World } from '../api/world.ts';
import { captureOutput, entriesOf } from '../support/capture-output.ts';
import { lambdaContext } from '../support/lambda-context.ts';

interface Sent {
  method?: string;
  path?: string;
  query?: string;
  headers?: Record<string, string>;
  body?: string;
  base64?: boolean;
  cookies?: string[];
}

/** As API Gateway sends it. */
function event({ method = 'GET', path = '/me', query = '', headers = {}, body, base64, cookies }: Sent) {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    ...(cookies && { cookies }),
    headers: {
      host: 'abc.execute-api.eu-west-1.amazonaws.com',
      'x-forwarded-for': '203.0.113.9',
      ...headers,
    },
    requestContext: {
      accountId: '000000000000',
      apiId: 'abc',
      domainName: 'abc.execute-api.eu-west-1.amazonaws.com',
      domainPrefix: 'abc',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '203.0.113.9', userAgent: 'test' },
      requestId: 'r',
      routeKey: '$default',
      stage: '$default',
      time: '25/Nov/2026:02:00:00 +0000',
      timeEpoch: 1_795_572_000_000,
    },
    ...(body !== undefined && { body }),
    isBase64Encoded: base64 ?? false,
  } as APIGatewayProxyEventV2;
}

let world: World;
let call: (sent: Sent) => Promise<APIGatewayProxyStructuredResultV2>;
let output = '';
beforeEach(async () => {
  world = await createWorld();
  output = '';
  const handler = httpHandler({
    app: (request) => world.app.fetch(request),
    refuse: (error) => problemOf(error, { correlationId: 'c-1', operation: 'X' }).response,
  });
  call = async (sent) => {
    const captured = await captureOutput(() => handler(event(sent), lambdaContext()));
    output += captured.output;
    return captured.result;
  };
});

const ada = { authorization: 'Bearer ada' };
const json = { ...ada, 'content-type': 'application/json' };
const asking = JSON.stringify({
  entitlements: [{ integration: 'orders-db', resource: 'orders', permission: 'read' }],
  duration: '10m',
  reason: 'größer ✓',
});
const bodyOf = ({ body }: APIGatewayProxyStructuredResultV2) => JSON.parse(body ?? '') as Record<string, any>;

/** Every line is an entry of the allow-list; one a call, and no library's own words. */
afterEach(() => {
  for (const line of output.split('\n').filter(Boolean)) expect(line).toMatch(/^\{/);
  for (const { message } of entriesOf(output)) expect(message ?? 'done').toBe('done');
});

describe('a call', () => {
  it('is answered by the app, with its headers and a correlation id', async () => {
    const answer = await call({ headers: ada });
    expect(answer).toMatchObject({ statusCode: 200, isBase64Encoded: false });
    expect(bodyOf(answer)['id'] ?? bodyOf(answer)['person']?.id).toBe('ada');
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'correlation-id': expect.any(String),
    });
  });

  it('may have its body in base64, as API Gateway sends what it takes for binary', async () => {
    const plain = await call({ method: 'POST', path: '/requests', headers: json, body: asking });
    const body = Buffer.from(asking).toString('base64');
    const coded = await call({ method: 'POST', path: '/requests', headers: json, body, base64: true });
    for (const answer of [plain, coded]) {
      expect(answer.statusCode).toBe(201);
      expect(bodyOf(answer)['grants'][0].reason ?? bodyOf(answer)['reason']).toBe('größer ✓');
    }
  });

  it('has query and path as they were sent', async () => {
    expect((await call({ path: '/grants', query: 'limit=5&grantee=me', headers: ada })).statusCode).toBe(200);
    const twice = await call({ path: '/grants', query: 'limit=5&limit=6', headers: ada });
    expect(bodyOf(twice)['errors'][0].path).toBe('query.limit');
    const odd = await call({ path: '/grants', query: 'limit=%ff', headers: ada });
    expect(odd.statusCode).toBe(400);
  });

  it('has its path as the client meant it, though API Gateway decodes it on the way', async () => {
    expect((await call({ path: '/me?limit=5', headers: ada })).statusCode).toBe(404);
    expect((await call({ path: '/me#x', headers: ada })).statusCode).toBe(404);
    expect((await call({ path: '/grants/100%', headers: ada })).statusCode).toBeLessThan(500);
    expect((await call({ path: '/grants/a b', headers: ada })).statusCode).toBe(404);
  });

  it.each(['/problems/../me', '/problems/..\\me', '/problems/%2E%2e/me', '/./me', '/problems/..'])(
    'has no steps in its path: %s would lead past the authorizer',
    async (path) => expect((await call({ path, headers: ada })).statusCode).toBe(400),
  );

  it('may carry cookies, which mean nothing', async () => {
    expect((await call({ headers: ada, cookies: ['a=1', 'session=x'] })).statusCode).toBe(200);
    expect((await call({ cookies: ['authorization=Bearer ada'] })).statusCode).toBe(401);
  });

  it('by HEAD has no body, and one by GET is not looked at', async () => {
    expect(await call({ method: 'HEAD', headers: ada, body: 'x' })).toMatchObject({
      statusCode: 200,
      body: '',
    });
    expect((await call({ headers: json, body: '{' })).statusCode).toBe(200);
  });
});

describe('what is refused is refused as problem+json:', () => {
  const problem = (answer: APIGatewayProxyStructuredResultV2, statusCode: number, code: string) => {
    expect(answer.statusCode).toBe(statusCode);
    expect(answer.headers?.['content-type']).toContain('application/problem+json');
    expect(bodyOf(answer)).toMatchObject({ status: statusCode, code, correlationId: expect.any(String) });
  };

  it('no token', async () => problem(await call({}), 401, 'Unauthenticated'));
  it('an address that is none', async () =>
    problem(await call({ path: '/nope', headers: ada }), 404, 'NotFound'));
  it('a method that the address does not have', async () => {
    const answer = await call({ method: 'DELETE', headers: ada });
    problem(answer, 405, 'MethodNotAllowed');
    expect(answer.headers?.['allow']).toBe('GET and HEAD'.replace(' and', ','));
  });
  it('a body of more than 64 KiB, however it is coded and whatever length it claims', async () => {
    const body = JSON.stringify({ reason: 'x'.repeat(70_000) });
    const headers = { ...json, 'content-length': '2' };
    problem(await call({ method: 'POST', path: '/requests', headers, body }), 413, 'TooLarge');
    const coded = Buffer.from(body).toString('base64');
    problem(
      await call({ method: 'POST', path: '/requests', headers, body: coded, base64: true }),
      413,
      'TooLarge',
    );
  });
  it('a body of 5 MB, near the most that Lambda takes', async () => {
    const body = 'x'.repeat(5_000_000);
    problem(await call({ method: 'POST', path: '/requests', headers: json, body }), 413, 'TooLarge');
  });
  it('a body that is no JSON, and one in base64 that is no text', async () => {
    problem(await call({ method: 'POST', path: '/requests', headers: json, body: '{' }), 400, 'Malformed');
    const body = Buffer.from([0xff, 0xfe, 0x00]).toString('base64');
    problem(
      await call({ method: 'POST', path: '/requests', headers: json, body, base64: true }),
      400,
      'Malformed',
    );
  });
  it('another type', async () => {
    const headers = { ...ada, 'content-type': 'text/plain' };
    problem(await call({ method: 'POST', path: '/requests', headers, body: 'x' }), 415, 'UnsupportedType');
  });
  it.each(['TRACE', 'CONNECT', 'B AD'])('the method %s, which no request can have', async (method) =>
    problem(await call({ method, headers: ada }), 400, 'Malformed'),
  );
  it('headers that no request can have', async () =>
    problem(await call({ headers: { ...ada, 'x-odd': 'line\nbreak' } }), 400, 'Malformed'));
  it('a path that is no address', async () => {
    expect((await call({ path: '//[', headers: ada })).statusCode).toBeLessThan(500);
  });
});

it('what fails for good is logged by the shape of its address and the kind of its error, never in words', async () => {
  const secret = 'hunter2';
  const { output: written } = await captureOutput(async () =>
    createLog()({
      level: 'error',
      message: `password ${secret}`,
      correlationId: 'c1',
      operation: `POST /grants/${secret}/revoke`,
      code: 'Internal',
      stack: `TypeError: ${secret}\n    at x (file:///var/task/index.mjs:7:1234)`,
    }),
  );
  expect(written).not.toContain(secret);
  expect(entriesOf(written)).toEqual([
    expect.objectContaining({
      operation: 'POST /grants/{}/revoke',
      errorName: 'TypeError',
      at: '7:1234',
      correlationId: 'c1',
      code: 'Internal',
    }),
  ]);
});
