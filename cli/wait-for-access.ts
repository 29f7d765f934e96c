/** Waits after a request until each of its grants is active or closed, and says what kept it from being so. */
import type { GrantView } from '../shared/api/grant-view.ts';
import type { RequestView } from '../shared/api/request-view.ts';
import { routes } from '../shared/api/routes.ts';
import { CliError, isCliError } from './cli-error.ts';
import { describeEntitlement, describeState, waitsFor } from './describe-grant.ts';
import { type Followed, follow } from './follow.ts';
import type { Session } from './session.ts';
import { shortId } from './short-id.ts';

export interface Waited {
  request: RequestView;
  /** Why the access is not (all) there. */
  verdict?: CliError;
  /** The id of the grant that the verdict is about, where it is about one. */
  lost?: string;
}

interface Patience {
  /** Wait for approvers, or only for what happens by itself? */
  forPeople: boolean;
  timeoutSeconds?: number | undefined;
}

/** Throws `interrupted`, saying that the request stays open. */
export async function waitForAccess(
  session: Session,
  made: RequestView,
  patience: Patience,
): Promise<Waited> {
  const { forPeople, timeoutSeconds } = patience;
  const client = session.client();
  const { value: request, finished } = await followRequest(session, made, {
    read: async () => (await client.call(routes.getRequest, { params: { id: made.id } })).body,
    done: ({ grants }) =>
      grants.every((grant) => isSettled(grant) || (!forPeople && grant.status === 'pending')),
    say: ({ grants }) => saying(grants),
    timeoutSeconds,
  });
  if (!finished) return { request, verdict: stillOpen('notYet', 'It is still open', session, made) };
  const lost = request.grants.find((grant) => grant.status !== 'active' && grant.status !== 'pending');
  return lost ? { request, verdict: noAccess(session, lost), lost: lost.id } : { request };
}

function noAccess({ shell }: Session, lost: GrantView): CliError {
  const exit = lost.status === 'failed' || lost.status === 'revoke_failed' ? 'unexpected' : 'refused';
  return new CliError(
    exit,
    `No access to ${describeEntitlement(lost)}: ${describeState(lost, shell.now())}.`,
  );
}

async function followRequest(
  session: Session,
  made: RequestView,
  watch: Parameters<typeof follow<RequestView>>[2],
): Promise<Followed<RequestView>> {
  try {
    return await follow(session, made, watch);
  } catch (error) {
    if (isCliError(error, 'interrupted'))
      throw stillOpen('interrupted', 'You stopped waiting; the request stays open', session, made);
    throw error;
  }
}

function stillOpen(
  exit: 'interrupted' | 'notYet',
  what: string,
  { shell }: Session,
  { id, grants }: RequestView,
): CliError {
  return new CliError(exit, `${what}: ${id}.`, {
    hint: `See it: ${shell.name} show ${shortId(grants[0]?.id ?? id)}   Take it back: ${shell.name} cancel ${shortId(id)}`,
    facts: { requestId: id },
  });
}

/** Nothing more will happen by itself that brings access nearer. */
function isSettled(grant: GrantView): boolean {
  return (grant.status === 'active' && !grant.wanted) || !grant.open || grant.status === 'revoke_failed';
}

function saying(grants: GrantView[]): string {
  const pending = grants.find((grant) => grant.status === 'pending');
  if (pending) return `Waiting for ${waitsFor(pending)}`;
  const trouble = grants.find((grant) => grant.open && grant.status !== 'active' && grant.lastError);
  return `Waiting for access${trouble?.lastError ? ` (${trouble.lastError.detail})` : ''}`;
}
