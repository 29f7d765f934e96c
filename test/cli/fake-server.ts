/**
 * A server made from the contract: it takes only what the routes' schemas allow (strictly, so a wrong word of the client
 * fails the test), answers what the test says, and refuses like Curfew does. Real HTTP, on a port of its own.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Problem, problemPath } from '../../shared/api/problem.ts';
import type { Route } from '../../shared/api/route.ts';
import { type Routes, routes } from '../../shared/api/routes.ts';
import { type ErrorCode, errors } from '../../shared/model/errors.ts';

export interface Call {
  operation: keyof Routes;
  params: Record<string, string>;
  query: Record<string, string>;
  body: unknown;
  headers: IncomingMessage['headers'];
}

export interface Reply {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
  afterMs?: number;
}

/** What a route answers to its n-th call (from 1 on). `drop` cuts the connection. */
export type Answers = Partial<Record<keyof Routes, (call: Call, times: number) => Reply | 'drop'>>;

export interface FakeServer {
  url: string;
  /** A home like that of a local server, with `server.json` and `local-secret`. */
  home: string;
  /** What arrived, in order. */
  calls: Call[];
  /** Forms that arrived at the issuer. */
  logins: URLSearchParams[];
  close(): Promise<void>;
}

export const goodToken = 'good-token';
export const secret = 'the-secret-of-this-home';

export async function startFakeServer(answers: Answers = {}): Promise<FakeServer> {
  const calls: Call[] = [];
  const logins: URLSearchParams[] = [];
  const server = createServer((req, res) => {
    serve(req, res).catch((error: unknown) => send(res, { status: 500, body: { fault: String(error) } }));
  });
  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', 'http://fake');
    const text = await readText(req);
    if (url.pathname === '/oidc/token') return send(res, logIn(logins, new URLSearchParams(text)));
    const reply = answer(answers, calls, req, url, text);
    if (reply === 'drop') return void req.socket.destroy();
    if (reply.afterMs !== undefined) await sleep(reply.afterMs);
    send(res, reply);
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const home = makeHome(url);
  return {
    url,
    home,
    calls,
    logins,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** A refusal as Curfew words it. */
export function problem(code: ErrorCode, detail: string, more: Partial<Problem> = {}): Reply {
  const { status, title } = errors[code];
  return {
    status,
    body: { type: problemPath(code), title, status, code, detail, correlationId: 'c-1', ...more },
  };
}

function makeHome(url: string): string {
  const home = mkdtempSync(join(tmpdir(), 'curfew-cli-'));
  const people = [
    { id: 'ana', name: 'Ana Alves' },
    { id: 'dora', name: 'Dora Dahl' },
  ];
  const file = {
    pid: process.pid,
    url,
    postgres: { host: '127.0.0.1', port: 1 },
    startedAt: new Date().toISOString(),
    people,
  };
  writeFileSync(join(home, 'server.json'), JSON.stringify(file));
  writeFileSync(join(home, 'local-secret'), secret, { mode: 0o600 });
  return home;
}

function logIn(logins: URLSearchParams[], form: URLSearchParams): Reply {
  logins.push(form);
  const known = form.get('grant_type') === 'urn:curfew:local-login' && form.get('client_id') === 'curfew-cli';
  if (!known || form.get('secret') !== secret || form.get('person') === 'nobody')
    return { status: 400, body: { error: 'invalid_grant', error_description: 'There is no such person.' } };
  return {
    status: 200,
    body: { access_token: goodToken, token_type: 'Bearer', expires_in: form.get('ttl') === '1s' ? 1 : 3600 },
  };
}

function answer(
  answers: Answers,
  calls: Call[],
  req: IncomingMessage,
  url: URL,
  text: string,
): Reply | 'drop' {
  const found = findRoute(req.method ?? '', url.pathname);
  if (!found) return problem('NotFound', 'There is no such address.');
  if (req.headers.authorization !== `Bearer ${goodToken}`)
    return problem('Unauthenticated', 'The token has expired.');
  const { operation, route, params } = found;
  const query = Object.fromEntries(url.searchParams);
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  const fault = faultOf(route, params, query, body);
  if (fault !== undefined) return problem('Malformed', `Correct the request: ${fault}.`);
  calls.push({ operation, params, query, body, headers: req.headers });
  const times = calls.filter((call) => call.operation === operation).length;
  const reply = (answers[operation] ?? byDefault[operation])?.(
    { operation, params, query, body, headers: req.headers },
    times,
  );
  if (reply === undefined) return problem('NotFound', 'The test says nothing about this.');
  if (reply === 'drop' || reply.status >= 400) return reply;
  const shape = route.answers[reply.status]?.schema.safeParse(reply.body);
  return shape?.success === false && !reply.headers
    ? { status: 500, body: { fault: `test: ${shape.error.message}` } }
    : reply;
}

const byDefault: Answers = {
  showMe: () => ({
    status: 200,
    body: {
      person: {
        id: 'ana',
        name: 'Ana Alves',
        email: 'ana@example.com',
        manager: 'mia',
        logins: { 'orders-db': 'ana' },
      },
      groups: ['engineers'],
      rights: [],
    },
  }),
  listCatalog: () => ({ status: 200, body: { items: [] } }),
  findGrants: () => ({ status: 200, body: { items: [] } }),
  findRequests: () => ({ status: 200, body: { items: [] } }),
  listEvents: () => ({ status: 200, body: { items: [] } }),
};

function findRoute(method: string, pathname: string) {
  for (const [operation, route] of Object.entries(routes) as [keyof Routes, Route][]) {
    const names: string[] = [];
    const pattern = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      names.push(name);
      return '([^/]+)';
    });
    const match = new RegExp(`^${pattern}$`).exec(pathname);
    if (!match || route.method !== method.toLowerCase()) continue;
    const params = Object.fromEntries(names.map((name, n) => [name, decodeURIComponent(match[n + 1] ?? '')]));
    return { operation, route, params };
  }
  return undefined;
}

function faultOf(route: Route, params: unknown, query: unknown, body: unknown): string | undefined {
  const checked = [
    route.params?.safeParse(params),
    route.query?.safeParse(query),
    route.body?.safeParse(body),
  ];
  return checked.find((result) => result?.success === false)?.error?.message;
}

async function readText(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function send(res: ServerResponse, { status, body, headers = {} }: Reply): void {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  res.writeHead(status, { 'content-type': type, ...headers });
  res.end(typeof body === 'string' ? body : JSON.stringify(body));
}
