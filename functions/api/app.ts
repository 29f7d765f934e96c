/** The HTTP API as one Hono app: the same on Lambda and on a laptop. What it may do is in shared/usecases, what it says in shared/api. */
import { type Context, Hono } from 'hono';
import type { Route } from '../../shared/api/route.ts';
import { routes } from '../../shared/api/routes.ts';
import type { Health } from '../../shared/api/system-routes.ts';
import type { Verify } from '../../shared/api/verify-token.ts';
import { CurfewError } from '../../shared/model/errors.ts';
import type { Person } from '../../shared/model/person.ts';
import type { Ports } from '../../shared/ports.ts';
import type { AtTargets } from './at-targets.ts';
import { authenticate } from './authenticate.ts';
import { flowChangeHandlers } from './flow-change-handlers.ts';
import { grantHandlers } from './grant-handlers.ts';
import type { ApiPorts, Handler, Handlers } from './route-handler.ts';
import { openApiDocument } from './openapi.ts';
import { type LogEntry, problemOf } from './problem.ts';
import { problemPage } from './problem-pages.ts';
import { readInput } from './read-input.ts';
import { requestHandlers } from './request-handlers.ts';
import { systemHandlers } from './system-handlers.ts';

export interface AppOptions {
  ports: Ports;
  /** Does what calls targets. */
  atTargets: AtTargets;
  verify: Verify;
  /** Of Curfew, for the OpenAPI document and /health. */
  version: string;
  /** What is wrong, without names; empty when all is well. */
  health: () => Promise<string[]>;
  log: (entry: LogEntry) => void;
}

type Variables = { correlationId: string; by: Person };
export type App = Hono<{ Variables: Variables }>;
type Ctx = Context<{ Variables: Variables }>;

const handlers: Handlers = { ...systemHandlers, ...requestHandlers, ...grantHandlers, ...flowChangeHandlers };

export function createApp(options: AppOptions): App {
  const app: App = new Hono({ strict: true });
  app.use(dress(options));
  app.onError((error, c) => refuse(options, c, error));
  app.notFound((c) => refuse(options, c, new CurfewError('NotFound', 'There is no such address.')));
  openRoutes(app, options);
  app.use(async (c, next) => {
    c.set('by', await authenticate(c.req.header('authorization'), options.verify, options.ports.directory));
    await next();
  });
  const ports = { ...options.ports, atTargets: options.atTargets };
  for (const [id, handler] of Object.entries(handlers))
    mount(app, ports, routes[id as keyof Handlers], handler as unknown as Handler<Route>);
  refuseOtherMethods(app, options, Object.values(routes));
  return app;
}

/** A correlation id for each request, and headers that keep answers out of caches and frames. */
function dress({ ports }: AppOptions) {
  return async (c: Ctx, next: () => Promise<void>): Promise<void> => {
    c.set('correlationId', ports.ids.next());
    await next();
    c.header('correlation-id', c.get('correlationId'));
    c.header('cache-control', 'no-store');
    c.header('x-content-type-options', 'nosniff');
    c.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
    c.header('referrer-policy', 'no-referrer');
  };
}

function refuse({ log }: AppOptions, c: Ctx, error: unknown): Response {
  const operation = `${c.req.method} ${c.req.path}`.slice(0, 200);
  const problem = problemOf(error, { correlationId: c.get('correlationId'), operation });
  if (problem.log) log(problem.log);
  return problem.response;
}

function openRoutes(app: App, { version, health }: AppOptions): void {
  app.get(routes.showHealth.path, async (c) => {
    const problems = await health();
    const body: Health = { status: problems.length === 0 ? 'ok' : 'failing', version, problems };
    return c.json(body, problems.length === 0 ? 200 : 503);
  });
  // Made when somebody asks for it: it would be a third of a cold start.
  let document: ReturnType<typeof openApiDocument> | undefined;
  app.get('/openapi.json', (c) => c.json((document ??= openApiDocument(Object.values(routes), version))));
  app.get('/problems/:code', (c) => {
    const page = problemPage(c.req.path);
    return page === undefined ? c.notFound() : c.text(page);
  });
}

function mount(app: App, ports: ApiPorts, route: Route, handler: Handler<Route>): void {
  app.on(route.method.toUpperCase(), honoPath(route), async (c) => {
    const input = await readInput(route, c.req.raw, c.req.param() as Record<string, string>);
    const call = { by: c.get('by'), channel: channelOf(c), correlationId: c.get('correlationId') };
    const { status, body } = await handler(ports, { ...input, ...call });
    return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
  });
}

/** Registered after every route: what arrives here has a known path and a method that it does not have. */
function refuseOtherMethods(app: App, options: AppOptions, all: Route[]): void {
  for (const path of new Set(all.map(honoPath))) {
    const methods = all
      .filter((route) => honoPath(route) === path)
      .map((route) => route.method.toUpperCase());
    const allow = [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))];
    app.all(path, (c) => {
      const error = new CurfewError('MethodNotAllowed', `This address has ${allow.join(' and ')} only.`);
      const response = refuse(options, c, error);
      response.headers.set('allow', allow.join(', '));
      return response;
    });
  }
}

function honoPath({ path }: Pick<Route, 'path'>): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

/** What the caller says of itself; it decides nothing, and is kept in the record. */
function channelOf(c: Ctx): 'cli' | 'web' | 'http' {
  const said = c.req.header('curfew-channel');
  return said === 'cli' || said === 'web' ? said : 'http';
}
