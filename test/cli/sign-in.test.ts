/** Who is calling, and where: login, the token file, and how the server is found. */
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeServer, goodToken, secret, startFakeServer } from './fake-server.ts';
import { curfew, start } from './run-cli.ts';

let server: FakeServer;
beforeEach(async () => void (server = await startFakeServer()));
afterEach(() => server.close());

/** Nobody is signed in. */
const signedOut = (args: string[], env: Record<string, string> = {}) =>
  start(undefined, args, { env: { CURFEW_HOME: server.home, ...env } }).ended;

describe('login', () => {
  test('shows the secret of the home to the issuer, and keeps the token for its owner alone', async () => {
    const { code, stdout } = await signedOut(['login', '--as', 'ana']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Signed in at http:\S+ as Ana Alves \(ana\) until .* \(in (1 h|59 min \d+ s)\)\.\n$/,
    );
    expect(server.logins[0]?.get('secret')).toBe(secret);
    const file = join(server.home, 'cli-token.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      [server.url]: { person: 'ana', token: goodToken },
    });
    expect((await signedOut(['whoami'])).stdout).toContain('Ana Alves (ana)');
  });

  test('never prints the token by itself', async () => {
    const { stdout, stderr } = await signedOut(['login', '--as', 'ana', '--json']);
    expect(stdout + stderr).not.toContain(goodToken);
  });

  test('prints the token and nothing else where a script asks for it, and does not keep it', async () => {
    const { code, stdout } = await signedOut(['login', '--as', 'ana', '--print-token', '--ttl', '2s']);
    expect([code, stdout]).toEqual([0, `${goodToken}\n`]);
    expect(server.logins[0]?.get('ttl')).toBe('2s');
    expect((await signedOut(['whoami'])).code).toBe(3);
  });

  test('names the people there are, where nobody was named and nobody can be asked', async () => {
    const { code, stderr } = await signedOut(['login']);
    expect(code).toBe(2);
    expect(stderr).toContain('--as PERSON, one of ana, dora');
  });

  test('says what the issuer says against a person', async () => {
    const { code, stderr } = await signedOut(['login', '--as', 'nobody']);
    expect(code).toBe(3);
    expect(stderr).toContain('There is no such person.');
  });

  test('does not send the secret of this machine to a server elsewhere', async () => {
    const { code, stderr } = await signedOut(['login', '--as', 'ana'], {
      CURFEW_URL: 'https://curfew.example.com',
    });
    expect(code).toBe(2);
    expect(stderr).toContain('CURFEW_TOKEN');
    expect(server.logins).toEqual([]);
  });
});

describe('without a good token', () => {
  test('says how to sign in', async () => {
    const { code, stderr } = await signedOut(['access']);
    expect(code).toBe(3);
    expect(stderr).toContain('curfew login --as PERSON');
  });

  test('says that a kept token has expired, and whose it was', async () => {
    const file = { [server.url]: { person: 'ana', token: goodToken, expiresAtMs: Date.now() - 1 } };
    writeFileSync(join(server.home, 'cli-token.json'), JSON.stringify(file));
    const { code, stderr } = await signedOut(['access']);
    expect(code).toBe(3);
    expect(stderr).toContain('curfew login --as ana');
  });

  test('passes on why the server refuses it', async () => {
    const { code, stderr } = await signedOut(['access'], { CURFEW_TOKEN: 'expired' });
    expect(code).toBe(3);
    expect(stderr).toMatch(/The token has expired\.[^]*CURFEW_TOKEN holds the token/);
  });
});

describe('a token that the API gateway does not let through', () => {
  const refused = { status: 401, body: { message: 'Unauthorized' } };
  const access = async (args: string[], env: Record<string, string>) => {
    await server.close();
    server = await startFakeServer({ findGrants: () => refused });
    return curfew(server, ['access', ...args], { env: { ...env, CURFEW_URL: server.url } });
  };

  test('is called expired or of another issuer, and a deployed server asks for a new CURFEW_TOKEN', async () => {
    const { code, stderr } = await access([], { CURFEW_HOME: tmpdir() });
    expect(code).toBe(3);
    expect(stderr).toBe(
      'curfew: The token is expired, or not of the issuer that this server trusts.\n' +
        'For a new token: CURFEW_TOKEN holds the token: set it to a new one\n',
    );
  });

  test('is to be renewed by signing in, too, where the server is a local one', async () => {
    const { code, stderr } = await access([], {});
    expect(code).toBe(3);
    expect(stderr).toContain('set it to a new one, or unset it and curfew login --as PERSON');
  });

  test('is told to scripts by its exit', async () => {
    const { stderr } = await access(['--json'], {});
    expect(JSON.parse(stderr)).toMatchObject({ error: { exitCode: 3, exit: 'notSignedIn' } });
  });
});

describe('the server is found', () => {
  let project: string;
  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), 'curfew-project-'));
    mkdirSync(join(project, 'deep', 'down'), { recursive: true });
  });
  afterEach(() => rmSync(project, { recursive: true, force: true }));

  test('by the .curfew of a folder above', async () => {
    renameSync(server.home, join(project, '.curfew'));
    const cwd = join(project, 'deep', 'down');
    const { code, stdout } = await start(undefined, ['whoami'], { cwd, env: { CURFEW_TOKEN: goodToken } })
      .ended;
    expect(code).toBe(0);
    expect(stdout).toContain(server.url);
  });

  test('by CURFEW_URL before anything else', async () => {
    const env = { CURFEW_URL: `${server.url}/`, CURFEW_HOME: join(project, 'none') };
    const { code, stdout } = await curfew(server, ['whoami'], { env });
    expect(code).toBe(0);
    expect(stdout).toContain(server.url);
  });

  test('not where none runs on the home', async () => {
    const { code, stderr } = await start(undefined, ['whoami'], { env: { CURFEW_HOME: project } }).ended;
    expect(code).toBe(7);
    expect(stderr).toContain('npm start');
  });

  test('not in clear text over a network', async () => {
    const { code, stderr } = await signedOut(['whoami'], { CURFEW_URL: 'http://curfew.example.com' });
    expect(code).toBe(2);
    expect(stderr).toContain('https://');
  });
});
