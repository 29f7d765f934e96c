/** Signing in at a local server: its issuer (local/issuer.ts) gives a token to whoever shows the secret of its home. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { CliError } from './cli-error.ts';
import type { Server } from './find-server.ts';
import type { Shell } from './shell.ts';
import type { SavedToken } from './token-file.ts';

const Granted = z.object({ access_token: z.string(), expires_in: z.number() });
const Denied = z.object({ error_description: z.string() });
const timeoutMs = 30_000;

/** `ttl` is a duration such as `90s`. Throws `notSignedIn` with what the issuer says, `unreachable`, `usage` for a bad ttl. */
export async function signIn(
  shell: Shell,
  server: Server,
  person: string,
  ttl?: string,
): Promise<SavedToken> {
  const form = new URLSearchParams({
    grant_type: 'urn:curfew:local-login',
    client_id: 'curfew-cli',
    person,
    secret: readSecret(server.home),
    ...(ttl !== undefined && { ttl }),
  });
  const response = await post(shell, `${server.url}/oidc/token`, form);
  const body: unknown = await response.json().catch(() => undefined);
  const granted = Granted.safeParse(body).data;
  if (response.ok && granted)
    return { person, token: granted.access_token, expiresAtMs: shell.now() + granted.expires_in * 1000 };
  const why = Denied.safeParse(body).data?.error_description ?? `status ${response.status}`;
  throw new CliError('notSignedIn', `${server.url} does not sign in "${person}": ${why}`);
}

async function post(shell: Shell, url: string, body: URLSearchParams): Promise<Response> {
  try {
    const signal = AbortSignal.any([shell.stop, AbortSignal.timeout(timeoutMs)]);
    return await fetch(url, { method: 'POST', body, redirect: 'error', signal });
  } catch (cause) {
    if (shell.stop.aborted) throw new CliError('interrupted', 'Interrupted.');
    throw new CliError('unreachable', `${url} does not answer.`, {
      hint: 'Is the server running? `npm start` starts one.',
      cause,
    });
  }
}

function readSecret(home: string): string {
  try {
    return readFileSync(join(home, 'local-secret'), 'utf8').trim();
  } catch (cause) {
    throw new CliError(
      'notSignedIn',
      `The secret of the local server, ${join(home, 'local-secret')}, cannot be read.`,
      {
        hint: 'Only the user who started the server can sign in here without a password.',
        cause,
      },
    );
  }
}
