/** One request with its grants, and what to do next with it. */
import type { GrantView } from '../shared/api/grant-view.ts';
import type { RequestView } from '../shared/api/request-view.ts';
import { describeEntitlement, describeStateBriefly, isLoud, styleOfState } from './describe-grant.ts';
import type { Session } from './session.ts';
import { shortId } from './short-id.ts';
import { table } from './table.ts';

/** `told` is the id of a grant whose end is told in full elsewhere: once is enough. */
export function showRequest(session: Session, request: RequestView, told?: string): void {
  const { out, shell } = session;
  const grants = grantTable(session, request.grants, told);
  const whose = request.grantee.id === request.requester.id ? '' : ` for ${request.grantee.name}`;
  out.result(request, `Request ${request.id}${whose}\n${grants}`);
  const active = request.grants.find((grant) => grant.status === 'active' && !grant.wanted);
  if (active && whose === '') out.note(`\nUse it: ${shell.name} connect ${shortId(active.id)}`);
  else if (request.status === 'pending')
    out.note(`\nTake it back: ${shell.name} cancel ${shortId(request.id)}`);
}

function grantTable({ out, shell }: Session, grants: GrantView[], told: string | undefined): string {
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
        value: (grant) => (grant.id === told ? inAWord(grant) : describeStateBriefly(grant, now)),
        style: styleOfState,
        flexible: true,
        whole: isLoud,
      },
    ],
    '',
  );
}

function inAWord({ status }: GrantView): string {
  return status === 'revoke_failed' ? 'NOT GONE' : status.replace('_', ' ');
}
