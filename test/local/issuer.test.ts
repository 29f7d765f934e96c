/** The local issuer over real HTTP: who gets a token, what is in it, and that a stock OIDC client can verify it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createClock } from '../../local/clock.ts';
import { openHome } from '../../local/home.ts';
import type { Home } from '../../local/home.ts';
import { createIssuer } from '../../local/issuer.ts';
import type { Issuer } from '../../local/issuer.ts';
import { createVerifier } from '../../shared/api/verify-token.ts';
import { Person } from '../../shared/model/person.ts';
import { temporaryFolder } from './temporary-folder.ts';

const people = [
  Person.parse({ id: 'ana', name: 'Ana', email: 'ana@example.com' }),
  Person.parse({ id: 'gone', name: 'Gone', email: 'gone@example.com', active: false }),
];
const clock = createClock();
let home: Home;

/** The library likes to tell of its defaults on the console; with ours it has nothing to say, whatever is asked of it. */
const printed: unknown[] = [];
for (const method of ['log', 'info', 'warn', 'error'] as const)
  vi.spyOn(console, method).mockImplementation((...args: unknown[]) => void printed.push(args));
afterEach(() => expect(printed).toEqual([]));

beforeEach(async () => {
  home = await openHome({ dir: await temporaryFolder() });
  onTestFinished(() => home.close());
});

describe('the local issuer', () => {
  it('gives who shows the local secret a token that names the person', async () => {
    const issuer = await serve(home);
    const { status, body } = await logIn(issuer, { person: 'ana', secret: home.localSecret });

    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
    expect(decodeProtectedHeader(body.access_token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    const verify = createVerifier({ issuer, audience: 'curfew', clock });
    expect(await verify(body.access_token)).toEqual({
      sub: 'ana',
      email: 'ana@example.com',
      emailVerified: true,
    });
  });

  it('can be discovered and trusted by any OIDC client', async () => {
    const issuer = await serve(home);
    const { body } = await logIn(issuer, { person: 'ana', secret: home.localSecret });

    const document = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as {
      issuer: string;
      jwks_uri: string;
      token_endpoint: string;
    };
    expect(document).toMatchObject({ issuer, token_endpoint: `${issuer}/token` });
    const keys = createRemoteJWKSet(new URL(document.jwks_uri));
    const { payload } = await jwtVerify(body.access_token, keys, { issuer, audience: 'curfew' });
    expect(payload.sub).toBe('ana');
  });

  it('shows its public keys only', async () => {
    const issuer = await serve(home);
    const { keys } = (await (await fetch(`${issuer}/jwks`)).json()) as { keys: Record<string, unknown>[] };
    expect(keys).toHaveLength(1);
    expect(keys[0]).not.toHaveProperty('d');
  });

  it('makes tokens of the length that is asked for', async () => {
    const issuer = await serve(home);
    const { body } = await logIn(issuer, { person: 'ana', secret: home.localSecret, ttl: '2s' });
    const { iat = 0, exp } = decodeJwt(body.access_token);
    expect(exp).toBe(iat + 2);
  });

  it.each([
    ['a wrong secret', { person: 'ana', secret: 'guess' }],
    ['no secret', { person: 'ana' }],
    ['nobody', { secret: 'right' }],
    ['somebody unknown', { person: 'eve', secret: 'right' }],
    ['somebody who is gone', { person: 'gone', secret: 'right' }],
    ['a lifetime that is none', { person: 'ana', secret: 'right', ttl: '-1s' }],
    ['a lifetime without end', { person: 'ana', secret: 'right', ttl: '30d' }],
    [
      'two secrets',
      [
        ['person', 'ana'],
        ['secret', 'right'],
        ['secret', 'right'],
      ],
    ],
  ])('refuses %s', async (_what, fields) => {
    const issuer = await serve(home);
    const entries = Array.isArray(fields) ? fields : Object.entries(fields);
    const withSecret = entries.map(([name, value]) => [name, value === 'right' ? home.localSecret : value]);
    const { status, body } = await logIn(issuer, withSecret as [string, string][]);
    expect(status).toBe(400);
    expect(body).not.toHaveProperty('access_token');
  });

  it('refuses other clients and other ways in', async () => {
    const issuer = await serve(home);
    const secret = home.localSecret;
    expect((await logIn(issuer, { client_id: 'other', person: 'ana', secret })).status).toBe(401);
    expect((await logIn(issuer, { grant_type: 'client_credentials', person: 'ana', secret })).status).toBe(
      400,
    );
    expect((await fetch(`${issuer}/auth?client_id=curfew-cli&response_type=none`)).status).toBe(400);
  });

  it('does not tell a guesser who is known', async () => {
    const issuer = await serve(home);
    const known = await logIn(issuer, { person: 'ana', secret: 'guess' });
    const unknown = await logIn(issuer, { person: 'eve', secret: 'guess' });
    expect(known).toEqual(unknown);
  });

  it('breaks no token by a restart', async () => {
    const dir = await temporaryFolder();
    const before = await openHome({ dir });
    const issuer = await serve(before);
    const { body } = await logIn(issuer, { person: 'ana', secret: before.localSecret });
    await before.close();
    const after = await openHome({ dir });
    onTestFinished(() => after.close());
    const { jwks } = createIssuer({ ...optionsOf(after), issuerUrl: issuer });

    await expect(
      createVerifier({ issuer, audience: 'curfew', jwks, clock })(body.access_token),
    ).resolves.toMatchObject({
      sub: 'ana',
    });
  });

  it('answers a browser that strays here in plain words', async () => {
    const issuer = await serve(home);
    const answer = await fetch(`${issuer}/auth`, { headers: { accept: 'text/html' } });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('text/plain');
    expect(await answer.text()).toContain('npx --no curfew login');
  });
});

function optionsOf({ issuerKeys: keys, localSecret }: Home) {
  const directory = { person: async (id: string) => people.find((person) => person.id === id) };
  return { keys, localSecret, directory };
}

/** Serves the issuer under /oidc of a free port. */
async function serve(of: Home): Promise<string> {
  let issuer: Issuer | undefined;
  const server = createServer((req, res) => void issuer?.callback(req, res));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuerUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/oidc`;
  issuer = createIssuer({ ...optionsOf(of), issuerUrl });
  return issuerUrl;
}

async function logIn(issuer: string, fields: Record<string, string> | [string, string][]) {
  const form = new URLSearchParams({ grant_type: 'urn:curfew:local-login', client_id: 'curfew-cli' });
  const own = new URLSearchParams(fields);
  for (const name of own.keys()) form.delete(name);
  for (const [name, value] of own) form.append(name, value);
  const answer = await fetch(`${issuer}/token`, { method: 'POST', body: form });
  return { status: answer.status, body: (await answer.json()) as { access_token: string } };
}
