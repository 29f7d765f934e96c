/** Which grant is meant: by its whole id, by a beginning or an ending of it, by what it gives, or the only one that it can be. */
import type { GrantView } from '../shared/api/grant-view.ts';
import { routes } from '../shared/api/routes.ts';
import { CliError } from './cli-error.ts';
import { describeEntitlement, describeState } from './describe-grant.ts';
import { readList } from './pages.ts';
import { choose } from './prompt.ts';
import type { Session } from './session.ts';
import { isWholeId, mayMean, shortId, typedId } from './short-id.ts';

interface Search {
  /** As typed. Left out: pick. */
  typed: string | undefined;
  /** What may be picked from, as a filter of `GET /grants`. */
  among: Record<string, string>;
  /** For sentences: "active grant of yours". */
  called: string;
  /** May it be named by its entitlement, or the beginning of that, too? */
  byEntitlement?: boolean;
}

/** How far back an abbreviation is looked for. */
const mostLookedAt = 1000;

/** Throws `notFound`, `usage` where it is not clear which. */
export async function findGrant(session: Session, search: Search): Promise<GrantView> {
  const { typed, among, called } = search;
  const client = session.client();
  if (typed === undefined) {
    const { items } = await readList<GrantView>(client, routes.findGrants, among, { most: 200 });
    return pick(session, items, called);
  }
  const id = typedId(typed);
  if (isWholeId(id)) return (await client.call(routes.getGrant, { params: { id } })).body;
  const found = [{ ...among }, { status: 'open' }, {}];
  for (const query of found) {
    const { items } = await readList<GrantView>(client, routes.findGrants, query, { most: mostLookedAt });
    const matches = items.filter((grant) => mayMean(id, grant.id));
    if (matches.length > 0) return onlyOne(session, typed, matches);
  }
  if (search.byEntitlement) {
    const { items } = await readList<GrantView>(client, routes.findGrants, among, { most: mostLookedAt });
    const matches = items.filter((grant) => isBelow(typed, describeEntitlement(grant)));
    if (matches.length > 0) return onlyOne(session, typed, matches, withEntitlements);
  }
  throw new CliError('notFound', `No grant that you may see begins or ends with "${typed}".`, {
    hint: `See them: ${session.shell.name} grants`,
  });
}

async function pick(session: Session, grants: GrantView[], called: string): Promise<GrantView> {
  const only = grants[0];
  if (!only)
    throw new CliError('notFound', `There is no ${called}.`, {
      hint: `See what you have: ${session.shell.name} access`,
    });
  if (grants.length === 1) return only;
  return askWhich(session, grants, `which grant (there are ${grants.length}: ${endings(grants)})`);
}

function onlyOne(
  session: Session,
  typed: string,
  matches: GrantView[],
  list: typeof endings = endings,
): Promise<GrantView> | GrantView {
  const only = matches[0];
  if (only && matches.length === 1) return only;
  if (session.interactive) return askWhich(session, matches, 'which grant');
  throw new CliError('usage', `"${typed}" means ${matches.length} grants: ${list(matches)}.`, {
    hint: list === endings ? 'Give more letters.' : 'Give the id of one.',
  });
}

function askWhich(session: Session, grants: GrantView[], missing: string): Promise<GrantView> {
  const now = session.shell.now();
  const choices = grants.map((grant) => ({
    name: `${shortId(grant.id)}  ${describeEntitlement(grant)}  ${grant.grantee.id}  ${describeState(grant, now)}`,
    value: grant,
  }));
  return choose(session, 'Which grant?', choices, missing);
}

/** `orders-db` and `orders-db/orders` are above `orders-db/orders/read`; `orders` is not. */
function isBelow(typed: string, entitlement: string): boolean {
  return `${entitlement}/`.startsWith(`${typed.trim().replace(/\/+$/, '')}/`);
}

function withEntitlements(grants: GrantView[]): string {
  return grants.map((grant) => `${shortId(grant.id)} (${describeEntitlement(grant)})`).join(', ');
}

function endings(grants: GrantView[]): string {
  const shown = grants.slice(0, 5).map((grant) => shortId(grant.id));
  return shown.join(', ') + (grants.length > shown.length ? ', …' : '');
}
