/** The demo's hands: a server of its own, people who call the API, and a stock PostgreSQL client. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { EventView } from '../shared/api/event-view.ts';
import type { GrantView } from '../shared/api/grant-view.ts';
import { cliClient, localLogin } from './issuer.ts';

export interface Login {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}

export interface Demo {
  address: { host: string; port: number };
  title(text: string): void;
  say(text: string): void;
  /** Says what held; throws when it does not. */
  expect(holds: boolean, text: string | undefined): void;
  call(
    person: string,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }>;
  request(person: string, permission: string, duration: string, reason: string): Promise<GrantView>;
  grant(id: string): Promise<GrantView>;
  events(id: string): Promise<EventView[]>;
  becomes(id: string, status: GrantView['status'], withinSeconds: number): Promise<void>;
  credentials(person: string, id: string): Promise<Login>;
  query(login: Login): Promise<{ rows: number } | { error: string }>;
  openSession(login: Login): Promise<{ works(): Promise<boolean> }>;
  stop(): Promise<void>;
}

/** Starts a server on `home` and free ports. Throws with its output when it does not start within a minute. */
export async function connectDemo(home: string): Promise<Demo> {
  const { server, url, address } = await startServer(home);
  const call = createCaller(url, (await readFile(join(home, 'local-secret'), 'utf8')).trim());
  const read = async (path: string) => (await call('adam', 'GET', path)).body as unknown;
  const grant = async (id: string) => (await read(`/grants/${id}`)) as GrantView;
  return {
    ...createTeller(),
    address,
    call,
    grant,
    query,
    openSession,
    request: async (person, permission, duration, reason) => {
      const entitlements = [{ integration: 'orders-db', resource: 'orders', permission }];
      const { status, body } = await call(person, 'POST', '/requests', { entitlements, duration, reason });
      const first = (body['grants'] as GrantView[] | undefined)?.[0];
      if (status !== 201 || !first)
        throw new Error(`the request was answered with ${status}: ${JSON.stringify(body)}`);
      return grant(first.id);
    },
    events: async (id) => ((await read(`/grants/${id}/events`)) as { items: EventView[] }).items,
    becomes: (id, status, withinSeconds) => becomes(grant, id, status, withinSeconds),
    credentials: async (person, id) =>
      (await call(person, 'POST', `/grants/${id}/credentials`)).body as unknown as Login,
    stop: () => stop(server),
  };
}

function createTeller(): Pick<Demo, 'title' | 'say' | 'expect'> {
  const say = (text: string) => void process.stdout.write(`   ${text}\n`);
  return {
    title: (text) => void process.stdout.write(`\n${text}\n`),
    say,
    expect(holds, text) {
      if (!holds) throw new Error(`this does not hold: ${text ?? 'the event chain'}`);
      if (text !== undefined) say(text);
    },
  };
}

/** Calls the API as people of the example organisation, each signed in once. */
function createCaller(url: string, secret: string): Demo['call'] {
  const tokens = new Map<string, string>();
  return async (person, method, path, body = method === 'POST' ? {} : undefined) => {
    const token = tokens.get(person) ?? (await logIn(url, person, secret));
    tokens.set(person, token);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(url + path, { method, headers, ...json });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
}

async function becomes(
  read: Demo['grant'],
  id: string,
  status: GrantView['status'],
  withinSeconds: number,
): Promise<void> {
  for (let tries = 0; tries < withinSeconds * 20; tries++) {
    if ((await read(id)).status === status) return;
    await sleep(50);
  }
  throw new Error(`${id} is ${(await read(id)).status}, and not ${status} within ${withinSeconds} s`);
}

async function startServer(
  home: string,
): Promise<{ server: ChildProcess; url: string; address: Demo['address'] }> {
  const main = join(import.meta.dirname, 'main.ts');
  const env = { ...process.env, CURFEW_HOME: home, CURFEW_PORT: '0' };
  const server = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', (text: Buffer) => (output += text.toString()));
  for (let tries = 0; tries < 600 && server.exitCode === null; tries++) {
    if (output.includes('Curfew is running')) {
      const found = JSON.parse(await readFile(join(home, 'server.json'), 'utf8')) as {
        url: string;
        postgres: Demo['address'];
      };
      return { server, url: found.url, address: found.postgres };
    }
    await sleep(100);
  }
  await stop(server);
  throw new Error(`the server did not start: ${output}`);
}

async function logIn(url: string, person: string, secret: string): Promise<string> {
  const body = new URLSearchParams({ grant_type: localLogin, client_id: cliClient, person, secret });
  const answer = await fetch(`${url}/oidc/token`, { method: 'POST', body });
  if (!answer.ok) throw new Error(`${person} cannot sign in: ${await answer.text()}`);
  return ((await answer.json()) as { access_token: string }).access_token;
}

async function query(login: Login): Promise<{ rows: number } | { error: string }> {
  const client = new pg.Client({ ...login, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT * FROM orders');
    return { rows: rowCount ?? 0 };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  } finally {
    await client.end().catch(() => {});
  }
}

async function openSession(login: Login): Promise<{ works(): Promise<boolean> }> {
  const client = new pg.Client(login);
  client.on('error', () => {});
  await client.connect();
  return {
    works: () =>
      client.query('SELECT 1').then(
        () => true,
        () => false,
      ),
  };
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await ended;
}
