/** After a client was at work: did the access end meanwhile? Then that is why its session was closed. */
import type { GrantView } from '../shared/api/grant-view.ts';
import { routes } from '../shared/api/routes.ts';
import { describeEntitlement, describeState } from './describe-grant.ts';
import type { Session } from './session.ts';

/** Says it on stderr, and answers whether. What cannot be asked is not said. */
export async function sayWhetherOver(session: Session, { id }: GrantView): Promise<boolean> {
  const { shell, out } = session;
  try {
    const { body: grant } = await session.client().call(routes.getGrant, { params: { id } });
    if (grant.status === 'active' && !grant.wanted) return false;
    out.note(`Your access to ${describeEntitlement(grant)} has ended: ${describeState(grant, shell.now())}.`);
    return true;
  } catch {
    return false;
  }
}
