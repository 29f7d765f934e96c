/** An organisation's own OIDC issuer in the place of the local one, and what the local one forbids. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type TestServer } from '../../support/server.ts';

const example = new URL('../../../config/curfew.config.ts', import.meta.url).href;
const main = new URL('../../../local/main.ts', import.meta.url).pathname;
let folder: string;
let issuer: TestServer;
let server: TestServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curfew-config-'));
  issuer = await startServer();
  const config = join(folder, 'curfew.config.ts');
  const oidc = JSON.stringify({ issuer: `${issuer.url}/oidc` });
  await writeFile(
    config,
    `import example from '${example}';\nexport default { ...example, oidc: ${oidc} };\n`,
  );
  server = await startServer({ CURFEW_CONFIG: config });
});
afterAll(async () => {
  await server.remove();
  await issuer.remove();
  await rm(folder, { recursive: true, force: true });
});

it('knows people by the tokens of that issuer, by its keys and its name', async () => {
  const { status, body } = await server.call({ token: await issuer.token('ana') }, 'GET', '/me');
  expect([status, body['person'].id]).toEqual([200, 'ana']);
});

it('has no issuer of its own then', async () => {
  const answer = await fetch(`${server.url}/oidc/.well-known/openid-configuration`);
  expect([401, 404]).toContain(answer.status);
});

it('refuses a token that ran out', async () => {
  const token = await issuer.token('ana', '1s');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect((await server.call({ token }, 'GET', '/me')).status).toBe(401);
});

it('does not listen for others with the local issuer: everybody there could become admin', async () => {
  const env = { ...process.env, CURFEW_HOME: join(folder, 'home'), CURFEW_PORT: '0', CURFEW_HOST: '0.0.0.0' };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect([code, said]).toEqual([1, expect.stringContaining('127.0.0.1 only')]);
});
