/** A real local Curfew as a child process, in a home of its own and on free ports, and a client that speaks HTTP to it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { tokenFrom } from '../../emulator/issuer.ts';
import { removePostgres } from '../../local/postgres-remove.ts';
import { type Api, createCall } from './call-api.ts';
import { until } from './until.ts';

export interface TestServer extends Api {
  url: string;
  home: string;
  pid: number;
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

/** `options`: what stands behind `npm start --`. */
export async function startServer(
  env: Record<string, string> = {},
  options: string[] = [],
): Promise<TestServer> {
  const home = await mkdtemp(join(tmpdir(), 'curfew-test-'));
  let child: ChildProcess;
  let output = '';

  async function start(): Promise<void> {
    output = '';
    child = spawn(process.execPath, [...startArguments, ...options], {
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
    const secret = (await readFile(join(home, 'local-secret'), 'utf8')).trim();
    return tokenFrom({ url: `${server.url}/oidc`, secret }, person, ttl);
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
    pollMs: 50,
    token,
    call: createCall(() => server.url, token),
    start,
    kill: () => end('SIGKILL'),
    output: () => output,
    async remove() {
      await end('SIGTERM');
      await removePostgres(join(home, 'postgres'));
      await rm(home, { recursive: true, force: true });
    },
  };
  await start();
  return server;
}
