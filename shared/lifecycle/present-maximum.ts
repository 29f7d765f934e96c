/** The longest that a grant's flow allows now: what was made stricter since it was asked for holds at its activation (A7). */
import type { Flow } from '../model/flow.ts';
import type { Grant } from '../model/grant.ts';
import { keys } from '../model/keys.ts';
import type { Ports } from '../ports.ts';
import { resolveLifetime } from '../rules/lifetime.ts';

/** Seconds; never more than the grant was made with, whose version is pinned otherwise. */
export async function presentMaximum(ports: Pick<Ports, 'table'>, grant: Grant): Promise<number> {
  const item = await ports.table.get<{ flow: Flow; removed: boolean }>(keys.flow(grant.flow.id));
  if (!item || item.data.removed) return grant.maxSeconds;
  const { maxSeconds } = resolveLifetime(item.data.flow, {
    ...grant.entitlement,
    environment: grant.environment,
  });
  return Math.min(grant.maxSeconds, maxSeconds);
}
