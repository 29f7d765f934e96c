/** What a command works with: the shell, its output, and a client that is signed in once it is needed. */
import { CliError } from './cli-error.ts';
import { type Client, createClient } from './client.ts';
import { findServer, type Server } from './find-server.ts';
import { createOutput, type Output } from './output.ts';
import type { Shell } from './shell.ts';
import { readToken } from './token-file.ts';

export interface Session {
  shell: Shell;
  out: Output;
  server(): Server;
  /** Throws `notSignedIn`. */
  client(): Client;
  /** May questions be asked? Never with `--json`: a script must not hang. */
  interactive: boolean;
  /** Of `curfew login` or CURFEW_TOKEN. */
  token(): Token;
}

interface Token {
  token: string;
  from: 'CURFEW_TOKEN' | 'login';
  person?: string;
  expiresAtMs?: number;
}

export function openSession(shell: Shell, json: boolean): Session {
  const out = createOutput(shell, json);
  let found: Server | undefined;
  const server = () => (found ??= findServer(shell));
  const token = () => findToken(shell, server());
  return {
    shell,
    out,
    server,
    token,
    interactive: shell.interactive && !json,
    client: () =>
      createClient({
        shell,
        url: server().url,
        token: token().token,
        login: howToRenew(shell, server(), token()),
        progress: out.progress,
      }),
  };
}

function findToken(shell: Shell, server: Server): Token {
  const given = shell.env['CURFEW_TOKEN'];
  if (given) return { token: given.trim(), from: 'CURFEW_TOKEN' };
  const saved = readToken(server.home, server.url);
  if (!saved)
    throw new CliError('notSignedIn', `You are not signed in at ${server.url}.`, {
      hint: `Sign in: ${howToSignIn(shell, server)}`,
    });
  if (saved.expiresAtMs <= shell.now())
    throw new CliError('notSignedIn', `Your sign-in as ${saved.person} has expired.`, {
      hint: `Sign in again: ${howToSignIn(shell, server, saved.person)}`,
    });
  return { ...saved, from: 'login' };
}

function howToRenew(shell: Shell, server: Server, { from, person }: Token): string {
  const signIn = howToSignIn(shell, server, person);
  if (from === 'login') return signIn;
  const orSignIn = server.local ? `, or unset it and ${signIn}` : '';
  return `CURFEW_TOKEN holds the token: set it to a new one${orSignIn}`;
}

function howToSignIn({ name }: Shell, { local }: Server, person = 'PERSON'): string {
  if (!local) return 'set CURFEW_TOKEN to an access token of your organisation';
  return `${name} login --as ${person}`;
}
