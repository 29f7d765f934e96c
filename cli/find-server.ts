/**
 * Which server is meant: `CURFEW_URL`, or the one that says in `server.json` that it runs on this machine. That file is in
 * the home: `CURFEW_HOME`, else `.curfew/` here or further up, else beside this package.
 */
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { CliError } from './cli-error.ts';
import type { Shell } from './shell.ts';

/** Written by local/home.ts while a server runs. */
const ServerFile = z.object({
  pid: z.int(),
  url: z.url(),
  /** Who can sign in here, where the server says so. */
  people: z.array(z.object({ id: z.string(), name: z.string() })).optional(),
});

export interface Server {
  /** Without a slash at its end. */
  url: string;
  /** Where tokens are kept and, of a local server, its secret. */
  home: string;
  /** It runs on this machine, on that home: whoever can read the home may sign in as anybody of the sample people. */
  local: boolean;
  pid?: number;
  people?: { id: string; name: string }[] | undefined;
}

/** Throws `unreachable` where no server is known. */
export function findServer(shell: Shell): Server {
  const home = findHome(shell);
  const file = home === undefined ? undefined : readServerFile(home);
  const named = shell.env['CURFEW_URL'];
  if (named)
    return {
      url: checkUrl(named),
      home: home ?? join(homedir(), '.curfew'),
      local: file?.url === checkUrl(named),
    };
  if (!home) throw noServer('no server is known here: there is no folder .curfew in this folder or above it');
  if (!file) throw noServer(`no server runs on ${home}`);
  return { url: checkUrl(file.url), home, local: true, pid: file.pid, people: file.people };
}

function findHome({ env, cwd }: Shell): string | undefined {
  if (env['CURFEW_HOME']) return resolve(cwd, env['CURFEW_HOME']);
  const folders = [...upwards(cwd), join(import.meta.dirname, '..')];
  const homes = folders.map((folder) => join(folder, '.curfew')).filter(isOurs);
  return homes.find((home) => readServerFile(home) !== undefined) ?? homes[0];
}

function upwards(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...upwards(parent)];
}

/** A folder that somebody else put in our way (in /tmp, say) must not tell us where to send a secret. */
function isOurs(home: string): boolean {
  const found = statSync(home, { throwIfNoEntry: false });
  return found?.isDirectory() === true && (process.getuid === undefined || found.uid === process.getuid());
}

function readServerFile(home: string): z.infer<typeof ServerFile> | undefined {
  try {
    return ServerFile.parse(JSON.parse(readFileSync(join(home, 'server.json'), 'utf8')));
  } catch {
    return undefined;
  }
}

/** A token must not cross a network in clear text. */
function checkUrl(text: string): string {
  const url = URL.parse(text);
  const loopback = url && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url?.protocol !== 'https:' && !(url?.protocol === 'http:' && loopback))
    throw new CliError('usage', `${text} is no address for a server.`, {
      hint: 'CURFEW_URL must begin with https:// (or with http://, on this machine alone).',
    });
  return text.replace(/\/+$/, '');
}

function noServer(why: string): CliError {
  return new CliError('unreachable', `There is nobody to talk to: ${why}.`, {
    hint: 'Start one with `npm start`, or name yours: CURFEW_URL=https://curfew.example.com',
  });
}
