/**
 * The HTTP server of a local Curfew: issuer and API on one address of this machine. It answers only those who name it by
 * that address: a page in a browser that resolves its own name to 127.0.0.1 is refused (DNS rebinding).
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { CurfewError } from '../shared/model/errors.ts';

export interface Listening {
  url: string;
  port: number;
  /** What answers from now on. Until then everything is 503. */
  serve(handlers: {
    api: (request: Request) => Response | Promise<Response>;
    /** Of the local issuer, where there is one. */
    issuer?: ((req: IncomingMessage, res: ServerResponse) => Promise<void>) | undefined;
  }): void;
  /** Takes no new connections; those there are have 2 s. */
  close(): Promise<void>;
}

/**
 * Listens. Throws `StateConflict` when the port is taken, and, with the local issuer, for any address but this machine's
 * own. With an issuer of the organisation's, tokens are proof enough, and whoever finds the address may call it.
 */
export async function listen(host: string, port: number, ownIssuer: boolean): Promise<Listening> {
  const here = isLoopback(host);
  if (!here && !ownIssuer)
    throw new CurfewError(
      'StateConflict',
      `With the local issuer Curfew listens on 127.0.0.1 only, not on ${host}: everybody there could become admin.`,
    );
  let handle = (_req: IncomingMessage, res: ServerResponse): void =>
    void res.writeHead(503, { 'retry-after': '1' }).end();
  const server = createServer((req, res) => handle(req, res));
  const bound = await bind(server, host, port);
  const names = new Set([`${hostName(host)}:${bound}`, `localhost:${bound}`]);
  return {
    url: `http://${hostName(host)}:${bound}`,
    port: bound,
    serve({ api, issuer }) {
      const listener = getRequestListener(api);
      handle = (req, res) => {
        if (here && !isForUs(req, names)) return refuse(res);
        if (issuer && (req.url === '/oidc' || req.url?.startsWith('/oidc/')))
          return void issuer(req, res).catch(() => res.destroy());
        return void listener(req, res);
      };
    },
    close: () => close(server),
  };
}

/** The whole of 127.0.0.0/8 and ::1. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function hostName(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** No page of a foreign origin, and nobody who knows us by another name. */
function isForUs({ headers }: IncomingMessage, names: Set<string>): boolean {
  if (!names.has(headers.host?.toLowerCase() ?? '')) return false;
  return headers.origin === undefined || names.has(headers.origin.replace(/^http:\/\//, ''));
}

function refuse(res: ServerResponse): void {
  const detail = 'Call this server by the address that `npm start` printed.';
  const body = {
    type: '/problems/forbidden',
    title: 'Not for this host or origin',
    status: 403,
    code: 'Forbidden',
    detail,
  };
  res.writeHead(403, { 'content-type': 'application/problem+json' }).end(JSON.stringify(body));
}

function bind(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(
        taken
          ? new CurfewError(
              'StateConflict',
              `Port ${port} is taken: set CURFEW_PORT to another one, or to 0 for a free one.`,
            )
          : error,
      );
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const late = setTimeout(() => server.closeAllConnections(), 2_000);
  await closed;
  clearTimeout(late);
}
