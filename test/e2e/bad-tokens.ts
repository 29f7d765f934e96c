/** Tokens that nobody may get in with: a good one of an admin, spoilt in one way each. */
import { decodeJwt, exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose';

/** Without the issuer's private key only what needs none of it. */
export async function badTokens(good: string, issuer?: JWK): Promise<Record<string, string>> {
  const claims = decodeJwt(good);
  const [header, body, signature] = good.split('.') as [string, string, string];
  const tokens: Record<string, string> = {
    'no token at all': 'nonsense',
    'another body under the signature': [
      header,
      encode({ ...claims, email: 'mia@example.com' }),
      signature,
    ].join('.'),
    'no signature': [encode({ alg: 'none', typ: 'at+jwt' }), body, ''].join('.'),
    'signed by somebody else': await sign(claims, await stranger(issuer)),
  };
  if (!issuer) return tokens;
  const now = Math.floor(Date.now() / 1000);
  const spoilt: Record<string, JWTPayload> = {
    expired: { ...claims, iat: now - 7200, exp: now - 3600 },
    'for another audience': { ...claims, aud: 'somebody-else' },
    'of another issuer': { ...claims, iss: 'https://issuer.example.com' },
  };
  for (const [name, payload] of Object.entries(spoilt)) tokens[name] = await sign(payload, issuer);
  return tokens;
}

async function sign(claims: JWTPayload, { kid = '', alg = 'RS256', ...jwk }: JWK): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg, kid, typ: 'at+jwt' }).sign(await importJWK(jwk, alg));
}

/** A key of somebody else's, which calls itself as the issuer's does. */
async function stranger({ kid = 'stranger', alg = 'RS256' }: JWK = {}): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
