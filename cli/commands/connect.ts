/** `curfew connect`: uses an active grant, with a password that is made for this moment, or by the profile of a role. */
import type { Command } from 'commander';
import type { CatalogItem } from '../../shared/api/me-routes.ts';
import type { GrantView } from '../../shared/api/grant-view.ts';
import { routes } from '../../shared/api/routes.ts';
import { CliError } from '../cli-error.ts';
import { describeEntitlement, describeState, isNearEnd } from '../describe-grant.ts';
import { findGrant } from '../find-grant.ts';
import { hasPsql, runPsql } from '../run-psql.ts';
import { readList } from '../pages.ts';
import { runQuery } from '../run-query.ts';
import type { Session } from '../session.ts';
import { isRole, showProfile } from '../show-profile.ts';
import type { Shell } from '../shell.ts';
import { pairs } from '../table.ts';
import { verb } from '../verb.ts';

interface Options {
  query?: string;
  print?: boolean;
}

export function connect(shell: Shell): Command {
  return verb<[string | undefined, string[]], Options>(shell, {
    usage: 'connect [grant] [psql-options...]',
    summary: 'use the access you have',
    about:
      'Runs psql where it is installed, and hands it the password by its environment; otherwise prints what a client needs. ' +
      'Each time there is a new password: the one before it stops working, and open sessions go on. ' +
      'For a role in AWS it prints the profile for ~/.aws/config and the commands that use it.',
    arguments: {
      grant:
        'its id, the beginning or ending of it, or what it gives: orders-db/orders/read, orders-db (default: the only active one)',
      'psql-options': 'after --, for psql',
    },
    options: [
      ['-q, --query <sql>', 'run this and print the rows; needs no psql'],
      ['-p, --print', 'print what a client needs, password included'],
    ],
    examples: [
      'connect',
      'connect orders-db',
      'connect 7f3k2a9x --query "select count(*) from orders"',
      'connect 7f3k2a9x -- -c "\\d"',
      'connect 7f3k2a9x --print --json',
    ],
    run,
  });
}

async function run(
  session: Session,
  [typed, psqlOptions]: [string | undefined, string[]],
  options: Options,
): Promise<void> {
  const { shell, out } = session;
  const among = { grantee: 'me', status: 'active' };
  const grant = await findGrant(session, {
    typed: isOption(typed) ? undefined : typed,
    among,
    called: 'active grant of yours',
    byEntitlement: true,
  });
  if (grant.status !== 'active')
    throw new CliError('conflict', `It cannot be used: it is ${describeState(grant, shell.now())}.`);
  const ownLogin = await findOwnLogin(session, grant);
  if (ownLogin !== undefined) return useOwnLogin(session, grant, ownLogin, options);
  const { body: credentials } = await session
    .client()
    .call(routes.issueCredentials, { params: { id: grant.id } });
  const toPsql = isOption(typed) ? [typed, ...psqlOptions] : psqlOptions;
  if (isRole(credentials))
    return showProfile(session, grant, credentials, { query: options.query, psqlOptions: toPsql });
  if (options.query !== undefined) return runQuery(session, grant, credentials, options.query);
  if (!options.print && !out.json && hasPsql(shell)) {
    out.note(
      `${isNearEnd(grant) ? 'It ENDS SOON: ' : ''}${describeEntitlement(grant)} is ${describeState(grant, shell.now())}; your session is closed then.`,
    );
    return runPsql(session, grant, credentials, toPsql);
  }
  if (!options.print && !out.json) out.note('psql is not installed here: connect with a client of your own.');
  out.result(
    credentials,
    pairs(
      out,
      Object.entries(credentials).map(([name, value]) => [name, String(value)]),
    ),
  );
}

/** `connect -- -c "..."` names no grant: what comes first is psql's. */
function isOption(typed: string | undefined): typed is string {
  return typed?.startsWith('-') === true;
}

/** The grantee's login, where the entitlement is about one: their password is their own. */
async function findOwnLogin(session: Session, grant: GrantView): Promise<string | undefined> {
  const client = session.client();
  const { integration, resource, permission } = grant.entitlement;
  const { items } = await readList<CatalogItem>(
    client,
    routes.listCatalog,
    { q: permission },
    { most: 2000 },
  );
  const item = items.find(
    (one) => one.integration === integration && one.resource === resource && one.permission === permission,
  );
  if (item?.mode !== 'membership') return undefined;
  return (await client.call(routes.showMe)).body.person.logins[integration];
}

function useOwnLogin({ out, shell }: Session, grant: GrantView, login: string, { query }: Options): void {
  const { integration } = grant.names;
  if (query !== undefined)
    throw new CliError(
      'usage',
      `This access is held by your own login "${login}": Curfew does not know its password.`,
      {
        hint: `Run the query with a client of your own, as "${login}".`,
      },
    );
  out.result(
    {
      mode: 'membership',
      integration: grant.entitlement.integration,
      user: login,
      validUntil: grant.expiresAt,
    },
    `Connect to ${integration} as you always do, with your own login "${login}": it holds this access just now (${describeState(grant, shell.now())}).`,
  );
}
