/** Hands the terminal to psql. The password goes by its environment: a command line can be read by every user of the machine. */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Credentials } from '../shared/api/grant-routes.ts';
import type { GrantView } from '../shared/api/grant-view.ts';
import type * as z from 'zod';
import { CliError } from './cli-error.ts';
import { sayWhetherOver } from './say-whether-over.ts';
import type { Session } from './session.ts';
import type { Shell } from './shell.ts';

/** Is psql on PATH? */
export function hasPsql({ env }: Shell): boolean {
  const names = process.platform === 'win32' ? ['psql.exe', 'psql.cmd'] : ['psql'];
  const folders = (env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return folders.some((folder) => names.some((name) => isExecutable(join(folder, name))));
}

/** Throws `unexpected` where psql ends with an error, after saying whether the access ended meanwhile. */
export async function runPsql(
  session: Session,
  grant: GrantView,
  credentials: z.output<typeof Credentials>,
  options: string[],
): Promise<void> {
  const { shell } = session;
  shell.ignoreInterrupts(true);
  const code = await run(environmentOf(shell, credentials), options).finally(() =>
    shell.ignoreInterrupts(false),
  );
  const over = await sayWhetherOver(session, grant);
  if (code === 0) return;
  throw new CliError(over ? 'refused' : 'unexpected', `psql ended with ${code}.`, { facts: { psql: code } });
}

/** Resolves to psql's exit code or the signal that ended it. What would end us alone ends psql too. */
function run(env: Record<string, string | undefined>, options: string[]): Promise<number | string> {
  return new Promise((resolve, reject) => {
    const child = spawn('psql', options, { env, stdio: 'inherit' });
    const pass = (signal: NodeJS.Signals) => child.kill(signal);
    process.on('SIGTERM', pass).on('SIGHUP', pass);
    const done = () => process.off('SIGTERM', pass).off('SIGHUP', pass);
    child.on('error', (cause) => {
      done();
      reject(new CliError('unexpected', `psql cannot be run: ${cause.message}.`, { cause }));
    });
    child.on('exit', (code, signal) => {
      done();
      resolve(code ?? signal ?? 1);
    });
  });
}

/** Ours alone: a service or another address in the caller's environment would win over what we say. */
function environmentOf(
  { env }: Shell,
  credentials: z.output<typeof Credentials>,
): Record<string, string | undefined> {
  const { PGSERVICE: _service, PGHOSTADDR: _address, PGPASSFILE: _file, CURFEW_TOKEN: _token, ...rest } = env;
  return {
    ...rest,
    PGHOST: String(credentials['host']),
    PGPORT: String(credentials['port']),
    PGDATABASE: String(credentials['database']),
    PGUSER: String(credentials['user']),
    PGPASSWORD: String(credentials['password']),
    PGAPPNAME: 'curfew',
  };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
