/**
 * The OIDC issuer of a Curfew on the emulator: the laptop's own, on a port of this machine, where functions and the API's
 * authorizer find its keys. It signs tokens for whoever shows its secret.
 */
import { randomBytes } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JWK } from 'jose';
import { makeIssuerKeys } from '../local/home.ts';
import { cliClient, createIssuer, localLogin } from '../local/issuer.ts';
import { CurfewError } from '../shared/model/errors.ts';
import type { Person } from '../shared/model/person.ts';
import { portTaken } from './ports.ts';

export interface IssuerIdentity {
  keys: JWK[];
  /** Whoever shows it gets a token of anybody. */
  secret: string;
}

export interface EmulatorIssuer {
  /** The `iss` of every token. */
  url: string;
  secret: string;
  /** The private key: a test can sign what the issuer never would. */
  jwk: JWK;
  /** An access token of a person; `ttl` is a duration, such as `90s`. */
  tokenFor(person: string, ttl?: string): Promise<string>;
  stop(): Promise<void>;
}

export interface IssuerPlace {
  /** Who can sign in. */
  people: Person[];
  /** Left out: any free one. */
  port?: number;
  /** Left out: a new one, so that tokens of before are good no longer. */
  identity?: IssuerIdentity;
}

export async function startIssuer({ people, port = 0, identity }: IssuerPlace): Promise<EmulatorIssuer> {
  const { keys, secret } = identity ?? (await makeIdentity());
  const jwk = keys[0];
  if (!jwk)
    throw new CurfewError(
      'Malformed',
      'The issuer of the emulator has no key: delete its file, and it gets one.',
    );
  let serve: (req: IncomingMessage, res: ServerResponse) => void = (_req, res) =>
    void res.writeHead(503).end();
  const server = createServer((req, res) => serve(req, res));
  const url = `http://127.0.0.1:${await listen(server, port)}/oidc`;
  const directory = { person: async (id: string) => people.find((person) => person.id === id) };
  const issuer = createIssuer({ issuerUrl: url, keys, localSecret: secret, directory });
  serve = (req, res) => void issuer.callback(req, res).catch(() => res.destroy());
  return {
    url,
    secret,
    jwk,
    tokenFor: (person, ttl) => tokenFrom({ url, secret }, person, ttl),
    stop: () => close(server),
  };
}

/** RS256: the authorizer of an HTTP API takes RSA alone, on AWS as here. */
export async function makeIdentity(): Promise<IssuerIdentity> {
  return {
    keys: JSON.parse(await makeIssuerKeys('RS256')) as JWK[],
    secret: randomBytes(32).toString('base64url'),
  };
}

/** From an issuer that may run in another process. Throws `Unauthenticated` with what it said. */
export async function tokenFrom(
  { url, secret }: { url: string; secret: string },
  person: string,
  ttl?: string,
): Promise<string> {
  const body = new URLSearchParams({
    grant_type: localLogin,
    client_id: cliClient,
    person,
    secret,
    ...(ttl && { ttl }),
  });
  const answer = await fetch(`${url}/token`, { method: 'POST', body });
  const said = (await answer.json()) as { access_token?: string; error_description?: string };
  if (!said.access_token)
    throw new CurfewError(
      'Unauthenticated',
      `No token for ${person}: ${said.error_description ?? answer.status}`,
    );
  return said.access_token;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? portTaken(port, 'EMULATOR_ISSUER_PORT') : error),
    );
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
