/** Access that outlived its end, asked at the start: whoever starts Curfew must not have to look for it. */
import { openGrants } from '../shared/lifecycle/open-grants.ts';
import type { Ports } from '../shared/ports.ts';

/** One line each: which grant, whose, of what, and why it could not be ended. */
export async function listNotGone(ports: Pick<Ports, 'table'>): Promise<string[]> {
  const found: string[] = [];
  for await (const grant of openGrants(ports)) {
    if (grant.status !== 'revoke_failed') continue;
    const { integration, resource, permission } = grant.entitlement;
    const why = grant.lastError?.detail ?? 'its end could not be read back';
    found.push(`${grant.id}  ${grant.grantee.id}  ${integration}/${resource}/${permission}: ${why}`);
  }
  return found;
}
