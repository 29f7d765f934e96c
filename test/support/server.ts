/** A real local Curfew as a child process, in a home of its own and on free ports, and a client that speaks HTTP to it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import manifest from '../../package.json' with { type: 'json' };
import { removePostgres } from '../../local/postgres-remove.ts';

export interface Answer<T = Record<string, any>> {
  status: number;
  body: T;
  headers: Headers;
}

export interface TestServer {
  url: string;
  home: string;
  pid: number;
  /** Calls the API as a person (by id), with no token, or with a token of one's own. */
  call(
    who: string | { token: string } | undefined,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  token(person: string, ttl?: string): Promise<string>;
  /** SIGKILL: no chance to clean up. */
  kill(): Promise<void>;
  /** Starts again on the same home. Resolves when the API is ready. */
  start(): Promise<void>;
  /** Stops in order and deletes the home. */
  remove(): Promise<void>;
  output(): string;
}

const root = new URL('../../', import.meta.url).pathname;
/** As `npm start` runs it, without npm between: the test kills the very process. */
const startArguments = manifest.scripts.start.split(' ').slice(1);

export async function startServer(env: Record<string, string> = {}): Promise<TestServer> {
  const home = await mkdtemp(join(tmpdir(), 'curfew-test-'));
  let child: ChildProcess;
  let output = '';
  const tokens = new Map<string, string>();

  async function start(): Promise<void> {
    output = '';
    child = spawn(process.execPath, startArguments, {
      cwd: root,
      env: { ...process.env, CURFEW_PORT: '0', ...env, CURFEW_HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (text: Buffer) => (output += text.toString()));
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`the server ended: ${output}`);
      return output.includes('Curfew is running');
    }, 60);
    const found = JSON.parse(await readFile(join(home, 'server.json'), 'utf8')) as {
      url: string;
      pid: number;
    };
    Object.assign(server, { url: found.url, pid: found.pid });
  }

  async function token(person: string, ttl?: string): Promise<string> {
    const secret = await readFile(join(home, 'local-secret'), 'utf8');
    const body = new URLSearchParams({
      grant_type: 'urn:curfew:local-login',
      client_id: 'curfew-cli',
      person,
      secret: secret.trim(),
      ...(ttl && { ttl }),
    });
    const answer = await fetch(`${server.url}/oidc/token`, { method: 'POST', body });
    if (!answer.ok) throw new Error(`no token for ${person}: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  async function tokenOf(who: string | { token: string } | undefined): Promise<string | undefined> {
    if (who === undefined) return undefined;
    if (typeof who === 'object') return who.token;
    if (!tokens.has(who)) tokens.set(who, await token(who));
    return tokens.get(who);
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  const server: TestServer = {
    url: '',
    home,
    pid: 0,
    token,
    start,
    kill: () => end('SIGKILL'),
    output: () => output,
    async call(who, method, path, body, headers = {}) {
      const bearer = await tokenOf(who);
      const answer = await fetch(server.url + path, {
        method,
        headers: {
          ...(bearer && { authorization: `Bearer ${bearer}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      return {
        status: answer.status,
        headers: answer.headers,
        body: text.startsWith('{') ? JSON.parse(text) : { text },
      };
    },
    async remove() {
      await end('SIGTERM');
      await removePostgres(join(home, 'postgres'));
      await rm(home, { recursive: true, force: true });
    },
  };
  await start();
  return server;
}

/** Asks again until it is true; throws when it is not within that many seconds. */
export async function until(
  predicate: () => Promise<boolean> | boolean,
  withinSeconds: number,
  everyMs = 25,
): Promise<void> {
  const last = Date.now() + withinSeconds * 1000;
  while (!(await predicate())) {
    if (Date.now() > last) throw new Error(`not within ${withinSeconds} s: ${predicate.toString()}`);
    await sleep(everyMs);
  }
}
