/** One request with its grants, and what to do next with it. */
import type { GrantView } from '../shared/api/grant-view.ts';
import type { RequestView } from '../shared/api/request-view.ts';
import { describeEntitlement, describeState, isLoud, styleOfState } from './describe-grant.ts';
import type { Session } from './session.ts';
import { shortId } from './short-id.ts';
import { table } from './table.ts';

export function showRequest(session: Session, request: RequestView): void {
  const { out, shell } = session;
  const grants = grantTable(session, request.grants);
  const whose = request.grantee.id === request.requester.id ? '' : ` for ${request.grantee.name}`;
  out.result(request, `Request ${request.id}${whose}\n${grants}`);
  const active = request.grants.find((grant) => grant.status === 'active' && !grant.wanted);
  if (active && whose === '') out.note(`\nUse it: ${shell.name} connect ${shortId(active.id)}`);
  else if (request.status === 'pending')
    out.note(`\nTake it back: ${shell.name} cancel ${shortId(request.id)}`);
}

function grantTable({ out, shell }: Session, grants: GrantView[]): string {
  const now = shell.now();
  return table(
    out,
    grants,
    [
      { title: 'GRANT', value: ({ id }) => shortId(id) },
      { title: 'ENTITLEMENT', value: describeEntitlement },
      { title: 'TIME', value: ({ duration }) => duration },
      {
        title: 'STATE',
        value: (grant) => describeState(grant, now),
        style: styleOfState,
        flexible: true,
        whole: isLoud,
      },
    ],
    '',
  );
}
