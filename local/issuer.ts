/**
 * The OIDC issuer of a local Curfew, on a certified library. It signs access tokens for whoever shows the home's local
 * secret, which only the owner of the home can read. An organisation's own issuer takes its place in earnest.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JSONWebKeySet, JWK } from 'jose';
import { Provider, errors } from 'oidc-provider';
import type { Context } from 'oidc-provider';
import { parseDuration } from '../shared/model/time.ts';
import type { Directory } from '../shared/ports.ts';

export interface IssuerOptions {
  /** Where it is mounted, such as `http://127.0.0.1:4280/oidc`: the `iss` of every token. */
  issuerUrl: string;
  /** Private keys; the first one's `alg` is the one that tokens are signed by. */
  keys: JWK[];
  localSecret: string;
  directory: Pick<Directory, 'person'>;
  /** Told of faults of the issuer itself. */
  onError?: (error: Error) => void;
}

export interface Issuer {
  /** Serves a request whose path begins with the path of `issuerUrl`. */
  callback(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** The public keys, for a verifier in the same process. */
  jwks: JSONWebKeySet;
}

/** The grant type of `curfew login --as PERSON`: parameters `person`, `secret` and `ttl` (a duration, default 1h). */
export const localLogin = 'urn:curfew:local-login';
export const cliClient = 'curfew-cli';
const audience = 'curfew';
const hour = 3600;
const longestSeconds = 12 * hour;

export function createIssuer(options: IssuerOptions): Issuer {
  const provider = new Provider(options.issuerUrl, configuration(options));
  provider.on('server_error', (_ctx, error) => options.onError?.(error));
  provider.registerGrantType(localLogin, (ctx) => logIn(provider, options, ctx), ['person', 'secret', 'ttl']);
  const serve = provider.callback();
  const mount = new URL(options.issuerUrl).pathname.replace(/\/$/, '');
  return {
    callback(req, res) {
      // As a router would mount it: the library finds the prefix in `originalUrl`.
      const url = req.url ?? '/';
      Object.assign(req, { originalUrl: url, url: url.slice(mount.length) || '/' });
      return serve(req, res);
    },
    jwks: { keys: options.keys.map(publicPart) },
  };
}

async function logIn(provider: Provider, options: IssuerOptions, ctx: Context): Promise<void> {
  const { person: id, secret, ttl = '1h' } = ctx.oidc.params;
  if (!secret || !isSame(secret, options.localSecret))
    throw refused('invalid_grant', 'The secret is not the one in the file local-secret of this home.');
  const expiresIn = parseDuration(ttl);
  if (!expiresIn || expiresIn > longestSeconds)
    throw refused('invalid_request', 'ttl must be a duration such as 90s, 45m or 8h, of at most 12h.');
  const person = id ? await options.directory.person(id) : undefined;
  if (!person?.active)
    throw refused(
      'invalid_grant',
      'There is no such person, or they are not active: see config/curfew.config.ts.',
    );
  const resourceServer = new provider.ResourceServer('urn:curfew:api', {
    audience,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: algorithmOf(options) } },
  });
  const token = new provider.AccessToken({
    client: ctx.oidc.client,
    accountId: person.id,
    gty: localLogin,
    resourceServer,
    expiresIn,
  });
  ctx.body = { access_token: await token.save(), token_type: 'Bearer', expires_in: token.expiration };
}

function algorithmOf({ keys }: IssuerOptions): string {
  return keys[0]?.alg ?? 'ES256';
}

/** Compared by digest, so that neither content nor length shows in the time it takes. */
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function refused(code: string, description: string): Error {
  return new errors.CustomOIDCProviderError(code, description);
}

/** One public client, one grant type, nothing interactive; what is on by default and not needed is off. */
function configuration(options: IssuerOptions): Record<string, unknown> {
  const { keys, directory } = options;
  const alg = algorithmOf(options);
  const off = { enabled: false };
  return {
    adapter: keepNothing,
    jwks: { keys },
    responseTypes: ['none'],
    scopes: ['openid'],
    clientAuthMethods: ['none'],
    clients: [
      {
        client_id: cliClient,
        token_endpoint_auth_method: 'none',
        grant_types: [localLogin],
        response_types: [],
        redirect_uris: [],
      },
    ],
    clientDefaults: { id_token_signed_response_alg: alg },
    enabledJWA: { idTokenSigningAlgValues: [alg] },
    features: {
      devInteractions: off,
      userinfo: off,
      dPoP: off,
      pushedAuthorizationRequests: off,
      rpInitiatedLogout: off,
    },
    findAccount: () => undefined,
    extraTokenClaims: async (_ctx: unknown, token: { accountId: string }) => {
      const person = await directory.person(token.accountId);
      return person && { email: person.email, email_verified: true };
    },
    renderError,
    ttl: { AccessToken: hour },
  };
}

/** For a browser that strays here. */
function renderError(ctx: Context, out: { error: string; error_description?: string }): void {
  ctx.type = 'text/plain';
  ctx.body = `${out.error}: ${out.error_description ?? 'see the log'}\nSign in with: npx --no curfew login\n`;
}

/** Access tokens are JWTs, which carry all they say: there is nothing to store, and nothing a restart could lose. */
function keepNothing(): Record<string, () => Promise<void>> {
  const names = ['upsert', 'find', 'findByUserCode', 'findByUid', 'consume', 'destroy', 'revokeByGrantId'];
  return Object.fromEntries(names.map((name) => [name, async () => undefined]));
}

function publicPart(key: JWK): JWK {
  const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...rest } = key;
  return rest;
}
