/** The verifier lets in what the trusted issuer signed for us, for as long as it says, and nothing else. */
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey, JWK, JWTPayload } from 'jose';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createVerifier } from '../../shared/api/verify-token.ts';

const issuer = 'https://login.example.com';
const now = 1_800_000_000;
const good = { iss: issuer, aud: 'curfew', sub: 'ana', iat: now, exp: now + 60 };
let ours: { privateKey: CryptoKey; publicKey: CryptoKey };
let jwk: JWK;

beforeAll(async () => {
  ours = await generateKeyPair('ES256');
  jwk = { ...(await exportJWK(ours.publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
});

describe('a token', () => {
  it('tells who is calling', async () => {
    const claims = { ...good, email: 'ana@example.com', email_verified: true };
    expect(await verify(await sign(claims))).toEqual({
      sub: 'ana',
      email: 'ana@example.com',
      emailVerified: true,
    });
  });

  it('may be for others besides us, and of the types that issuers use', async () => {
    for (const typ of ['at+jwt', 'application/at+jwt', 'JWT', undefined])
      expect(await verify(await sign({ ...good, aud: ['other', 'curfew'] }, { typ }))).toEqual({
        sub: 'ana',
      });
  });

  it('says of an e-mail address whether it is verified, also where that is a text', async () => {
    for (const [written, emailVerified] of [
      ['true', true],
      ['false', false],
      [1, false],
    ])
      expect(await verify(await sign({ ...good, email_verified: written }))).toMatchObject({ emailVerified });
  });

  it('works until its end, and not after', async () => {
    const token = await sign({ ...good, exp: now + 2 });
    await expect(verifier(now + 1.999)(token)).resolves.toBeDefined();
    await expect(verifier(now + 2)(token)).rejects.toMatchObject({
      message: expect.stringContaining('expired'),
    });
  });

  it.each([
    ['without an end', { exp: undefined }, 'lacks the claim "exp"'],
    ['without a subject', { sub: undefined }, 'lacks the claim "sub"'],
    ['with an empty subject', { sub: '' }, 'not a signed access token'],
    ['that is not valid yet', { nbf: now + 10 }, 'not valid yet'],
    ['for another audience', { aud: 'other' }, 'another audience'],
    ['for no audience', { aud: undefined }, 'lacks the claim "aud"'],
    ['of another issuer', { iss: 'https://evil.example.com' }, 'another issuer'],
    ['of an issuer whose name begins the same', { iss: `${issuer}.evil.example.com` }, 'another issuer'],
  ])('%s is refused', async (_what, change, why) => {
    await refused(await sign({ ...good, ...change } as JWTPayload), why);
  });

  it('signed with another key is refused', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    await refused(await sign(good, {}, privateKey), 'not signed by the issuer');
  });

  it('that was changed is refused', async () => {
    const [header, , signature] = (await sign(good)).split('.');
    await refused(`${header}.${encode({ ...good, sub: 'adam' })}.${signature}`, 'not signed by the issuer');
  });

  it('with alg none is refused, signed or not', async () => {
    await refused(`${encode({ alg: 'none' })}.${encode(good)}.`, 'not signed by the issuer');
    await refused(`${encode({ alg: 'none' })}.${encode(good)}.c2ln`, 'not signed by the issuer');
  });

  it('signed with our public key as a shared secret is refused', async () => {
    const input = `${encode({ alg: 'HS256', kid: 'k1' })}.${encode(good)}`;
    for (const secret of [await exportSPKI(ours.publicKey), JSON.stringify(jwk)])
      await refused(
        `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`,
        'not signed by the issuer',
      );
  });

  it('that brings its own key is refused', async () => {
    const other = await generateKeyPair('ES256');
    const own = await exportJWK(other.publicKey);
    await refused(await sign(good, { jwk: own }, other.privateKey), 'not signed by the issuer');
  });

  it('of another kind is refused', async () => {
    await refused(await sign(good, { typ: 'logout+jwt' }), 'not a signed access token');
  });

  it.each(['', 'x', 'a.b.c', 'Bearer', '....', `${'x'.repeat(5000)}.y.z`, 'äöü.ß.€'])(
    'is not %j',
    async (text) => refused(text, 'Sign in with: npx --no curfew login'),
  );
});

describe('the keys', () => {
  it('are found by the issuer’s discovery document', async () => {
    const at = await serve((url) => ({ issuer: url, jwks_uri: `${url}/keys` }));
    const verifyThere = createVerifier({ issuer: at, audience: 'curfew', clock: { now: () => now * 1000 } });
    await expect(verifyThere(await sign({ ...good, iss: at }))).resolves.toEqual({ sub: 'ana' });
  });

  it('are not taken from a document that speaks for another issuer', async () => {
    const at = await serve((url) => ({ issuer, jwks_uri: `${url}/keys` }));
    const verifyThere = createVerifier({ issuer: at, audience: 'curfew', clock: { now: () => now * 1000 } });
    await expect(verifyThere(await sign({ ...good, iss: at }))).rejects.toMatchObject({
      code: 'Unavailable',
    });
  });

  it('that cannot be had are no fault of the token, and are asked for again', async () => {
    let broken = true;
    const at = await serve((url) => (broken ? {} : { issuer: url, jwks_uri: `${url}/keys` }));
    const verifyThere = createVerifier({ issuer: at, audience: 'curfew', clock: { now: () => now * 1000 } });
    const token = await sign({ ...good, iss: at });
    await expect(verifyThere(token)).rejects.toMatchObject({ code: 'Unavailable' });
    broken = false;
    await expect(verifyThere(token)).resolves.toEqual({ sub: 'ana' });
  });
});

function verifier(seconds: number) {
  return createVerifier({
    issuer,
    audience: 'curfew',
    jwks: { keys: [jwk] },
    clock: { now: () => seconds * 1000 },
  });
}

function verify(token: string) {
  return verifier(now)(token);
}

async function refused(token: string, why: string): Promise<void> {
  await expect(verify(token)).rejects.toMatchObject({
    code: 'Unauthenticated',
    message: expect.stringContaining(why),
  });
}

function sign(
  claims: JWTPayload,
  header: Record<string, unknown> = {},
  key = ours.privateKey,
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header }).sign(key);
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** An issuer of one document and one key. */
async function serve(document: (url: string) => unknown): Promise<string> {
  let url = '';
  const server = createServer((req, res) => {
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify(req.url === '/keys' ? { keys: [jwk] } : document(url)));
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return url;
}
