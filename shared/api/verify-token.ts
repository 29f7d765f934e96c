/** Who is calling: verifies the bearer token (a JWT of the configured OIDC issuer). Rights come from the directory, later. */
import { createLocalJWKSet, createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { JSONWebKeySet, JWTPayload, JWTVerifyGetKey } from 'jose';
import { CurfewError } from '../model/errors.ts';
import type { Clock } from '../ports.ts';

export interface VerifierOptions {
  /** The exact `iss`. */
  issuer: string;
  /** One of the token's `aud`. */
  audience: string;
  /** The issuer's keys, or where they are. Left out: by the issuer's discovery document. */
  jwks?: JSONWebKeySet | URL;
  clock: Pick<Clock, 'now'>;
}

export interface Identity {
  sub: string;
  email?: string;
  emailVerified?: boolean;
}

export type Verify = (token: string) => Promise<Identity>;

/** Asymmetric ones only: with a shared secret, or none, everybody who can verify could sign. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** The header `typ` of an access token (RFC 9068), and what issuers that do not follow it write. */
const types = new Set([undefined, 'at+jwt', 'application/at+jwt', 'jwt']);
const discoveryMs = 5_000;

/**
 * Throws `Unauthenticated` for a token that is not one, is forged, over, not for us or not from our issuer, and
 * `Unavailable` while the issuer's keys cannot be had.
 */
export function createVerifier(options: VerifierOptions): Verify {
  const key = keySource(options);
  return async (token) => {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, key, {
        algorithms,
        issuer: options.issuer,
        audience: options.audience,
        requiredClaims: ['exp', 'sub'],
        currentDate: new Date(options.clock.now()),
      });
      if (!types.has(protectedHeader.typ?.toLowerCase())) throw new errors.JWTInvalid('not an access token');
      return identityOf(payload);
    } catch (error) {
      throw explain(error);
    }
  };
}

function keySource({ issuer, jwks }: VerifierOptions): JWTVerifyGetKey {
  if (jwks instanceof URL) return createRemoteJWKSet(jwks);
  if (jwks) return createLocalJWKSet(jwks);
  let found: Promise<JWTVerifyGetKey> | undefined;
  return async (...args) => {
    found ??= discover(issuer);
    // A failure is not kept: the issuer may be back for the next token.
    const get = await found.catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return get(...args);
  };
}

async function discover(issuer: string): Promise<JWTVerifyGetKey> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(discoveryMs), redirect: 'error' });
  if (!answer.ok) throw new TypeError(`${url} answers ${answer.status}`);
  const document = (await answer.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (document.issuer !== issuer || typeof document.jwks_uri !== 'string')
    throw new TypeError(`${url} is not the discovery document of ${issuer}`);
  return createRemoteJWKSet(new URL(document.jwks_uri));
}

function identityOf({ sub, email, email_verified: verified }: JWTPayload): Identity {
  if (typeof sub !== 'string' || sub === '') throw new errors.JWTInvalid('no subject');
  return {
    sub,
    ...(typeof email === 'string' ? { email } : {}),
    // Some issuers, and API Gateway on the way, write it as text.
    ...(verified === undefined ? {} : { emailVerified: verified === true || verified === 'true' }),
  };
}

function explain(error: unknown): CurfewError {
  const why = error instanceof errors.JOSEError ? wrong(error) : undefined;
  if (why)
    return new CurfewError('Unauthenticated', `${why} Sign in with: npx --no curfew login`, { cause: error });
  return new CurfewError(
    'Unavailable',
    'The issuer does not give its keys just now: try again in a moment.',
    {
      cause: error,
    },
  );
}

/** What is wrong with the token. Undefined: it is not the token, but the issuer's keys. */
function wrong(error: errors.JOSEError): string | undefined {
  return error instanceof errors.JWTClaimValidationFailed ? wrongClaim(error) : wrongTokens[error.code];
}

const unsigned = 'The token is not signed by the issuer that Curfew trusts.';
const noToken = 'The bearer token is not a signed access token.';
const wrongTokens: Record<string, string> = {
  ERR_JWT_EXPIRED: 'The token has expired.',
  ERR_JOSE_ALG_NOT_ALLOWED: unsigned,
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: unsigned,
  ERR_JWKS_NO_MATCHING_KEY: unsigned,
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: unsigned,
  ERR_JWT_INVALID: noToken,
  ERR_JWS_INVALID: noToken,
  ERR_JOSE_NOT_SUPPORTED: noToken,
};

function wrongClaim({ claim, reason }: errors.JWTClaimValidationFailed): string {
  if (reason === 'missing') return `The token lacks the claim "${claim}".`;
  if (claim === 'nbf') return 'The token is not valid yet.';
  if (claim === 'aud') return 'The token is for another audience.';
  if (claim === 'iss') return 'The token comes from another issuer.';
  return `The token's claim "${claim}" is not as it must be.`;
}
