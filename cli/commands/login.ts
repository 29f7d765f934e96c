/** `curfew login`: signs in at the local server as one of its people. Elsewhere, CURFEW_TOKEN carries the token. */
import type { Command } from 'commander';
import { routes } from '../../shared/api/routes.ts';
import { parseDuration } from '../../shared/model/time.ts';
import { CliError } from '../cli-error.ts';
import { createClient } from '../client.ts';
import type { Server } from '../find-server.ts';
import { askText, choose } from '../prompt.ts';
import type { Session } from '../session.ts';
import type { Shell } from '../shell.ts';
import { signIn } from '../sign-in.ts';
import { timeAndDistance } from '../times.ts';
import { type SavedToken, saveToken } from '../token-file.ts';
import { verb } from '../verb.ts';

interface Options {
  as?: string;
  ttl?: string;
  printToken?: boolean;
}

export function login(shell: Shell): Command {
  return verb<[], Options>(shell, {
    usage: 'login',
    summary: 'sign in',
    about:
      'At a local server (npm start) you may sign in as any of its people: the server trusts whoever can read its home folder. ' +
      'For any other server, set CURFEW_TOKEN to an access token of your organisation.',
    options: [
      ['--as <person>', 'who to be, such as ana'],
      ['--ttl <duration>', 'how long the token is good: 2s, 45m, 8h (default: 1h)'],
      ['--print-token', 'print the token and do not keep it, for scripts: CURFEW_TOKEN=$(...)'],
    ],
    examples: ['login --as ana', 'login --as dora --ttl 8h', 'login --as ana --print-token'],
    run: (session, _args, options) => run(session, options),
  });
}

async function run(session: Session, { as, ttl, printToken }: Options): Promise<void> {
  const { shell, out } = session;
  const server = session.server();
  if (!server.local) throw notLocal(server);
  if (ttl !== undefined && parseDuration(ttl) === undefined)
    throw new CliError('usage', `--ttl ${ttl} is no duration.`, { hint: 'Write it like 90s, 45m or 8h.' });
  const person = as ?? (await askWho(session, server));
  const token = await signIn(shell, server, person, ttl);
  const expiresAt = new Date(token.expiresAtMs).toISOString();
  if (printToken) {
    out.result({ person, token: token.token, expiresAt }, token.token);
    return;
  }
  const name = await nameOf(session, server, token);
  saveToken(server.home, server.url, token);
  if (shell.env['CURFEW_TOKEN']) out.note('CURFEW_TOKEN is set, and goes before this sign-in: unset it.');
  const until = timeAndDistance(expiresAt, shell.now());
  out.result(
    { person, name, server: server.url, expiresAt },
    `Signed in at ${server.url} as ${name} (${person}) until ${until}.`,
  );
}

async function askWho(session: Session, { people }: Server): Promise<string> {
  const missing = '--as PERSON';
  if (!people || people.length === 0)
    return askText(
      session,
      { message: 'Who are you (an id from config/curfew.config.ts)?' },
      `${missing}, an id from config/curfew.config.ts`,
    );
  const choices = people.map(({ id, name }) => ({ name: `${id}  ${name}`, value: id }));
  return choose(
    session,
    'Who are you?',
    choices,
    `${missing}, one of ${people.map(({ id }) => id).join(', ')}`,
  );
}

/** Proves at once that the server takes the token. */
async function nameOf({ shell, out }: Session, { url }: Server, { token }: SavedToken): Promise<string> {
  const client = createClient({ shell, url, token, login: `${shell.name} login`, progress: out.progress });
  return (await client.call(routes.showMe)).body.person.name;
}

function notLocal({ url }: Server): CliError {
  return new CliError('usage', `${url} is not a local server: \`login\` cannot sign in there.`, {
    hint: "Set CURFEW_TOKEN to an access token from your organisation's issuer (audience curfew).",
  });
}
