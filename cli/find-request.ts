/** Which request is meant: by its id, a beginning or ending of it or of one of its grants, or by asking. */
import type { RequestView } from '../shared/api/request-view.ts';
import { routes } from '../shared/api/routes.ts';
import { CliError } from './cli-error.ts';
import { describeEntitlement } from './describe-grant.ts';
import { readList } from './pages.ts';
import { choose } from './prompt.ts';
import type { Session } from './session.ts';
import { isWholeId, mayMean, shortId, typedId } from './short-id.ts';

export interface RequestSearch {
  typed: string | undefined;
  /** The approver's inbox, or what the caller asked for. */
  list: 'waiting' | 'mine';
  /** Whether it may be picked, where nothing was typed. */
  fits: (request: RequestView) => boolean;
}

/** Throws `notFound`, and `usage` where it is not clear which, or nobody can be asked. */
export async function findRequest(
  session: Session,
  { typed, list, fits }: RequestSearch,
): Promise<RequestView> {
  const client = session.client();
  const id = typed === undefined ? undefined : typedId(typed);
  if (id !== undefined && isWholeId(id)) return read(session, id);
  const query = list === 'waiting' ? { waiting: 'me' } : { requester: 'me' };
  const { items } = await readList<RequestView>(client, routes.findRequests, query, { most: 500 });
  const matches = items.filter((request) => (id === undefined ? fits(request) : means(id, request)));
  const [first, ...others] = matches;
  if (!first) throw nothing(session, typed, list);
  if (id !== undefined && others.length === 0) return first;
  if (!session.interactive && id !== undefined)
    throw new CliError('usage', `"${typed}" means ${matches.length} requests: ${endings(matches)}.`, {
      hint: 'Give more letters.',
    });
  return choose(session, 'Which request?', matches.map(asChoice), `which request (${endings(matches)})`);
}

/** The id may be a grant's: people have that one before them more often. */
async function read(session: Session, id: string): Promise<RequestView> {
  const client = session.client();
  const grant = id.startsWith('gr_')
    ? (await client.call(routes.getGrant, { params: { id } })).body
    : undefined;
  return (await client.call(routes.getRequest, { params: { id: grant?.requestId ?? id } })).body;
}

function means(id: string, request: RequestView): boolean {
  return mayMean(id, request.id) || request.grants.some((grant) => mayMean(id, grant.id));
}

function asChoice(request: RequestView): { name: string; value: RequestView } {
  const what = request.grants.map(describeEntitlement).join(', ');
  return {
    name: `${shortId(request.id)}  ${request.grantee.id}  ${what}  "${request.reason.slice(0, 60)}"`,
    value: request,
  };
}

function nothing({ shell }: Session, typed: string | undefined, list: RequestSearch['list']): CliError {
  const where = list === 'waiting' ? 'waits for you' : 'of yours is still to be decided or granted';
  const hint = `See them: ${shell.name} requests${list === 'waiting' ? ' --waiting' : ''}`;
  if (typed === undefined) return new CliError('notFound', `No request ${where}.`, { hint });
  return new CliError(
    'notFound',
    `No request that ${where.replace('of yours', 'of yours that')} begins or ends with "${typed}".`,
    { hint },
  );
}

function endings(requests: RequestView[]): string {
  return requests
    .slice(0, 5)
    .map((request) => shortId(request.id))
    .join(', ');
}
