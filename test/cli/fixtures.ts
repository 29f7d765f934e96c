/** Views as the API gives them, with everything filled in; each is parsed, so that no test meets what could not exist. */
import { GrantView } from '../../shared/api/grant-view.ts';
import { CatalogItem } from '../../shared/api/me-routes.ts';
import { RequestView } from '../../shared/api/request-view.ts';

const ana = { id: 'ana', name: 'Ana Alves' };

/** So many seconds from now. */
export function inSeconds(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString();
}

/** A whole id that ends like this: `aGrantId('42')`. */
export function aGrantId(ending: string): string {
  return `gr_${ending.padStart(26, '0')}`;
}

export function aRequestId(ending: string): string {
  return `rq_${ending.padStart(26, '0')}`;
}

/** A grant of ana's on orders: active for 15 minutes since just now, unless told otherwise. */
export function aGrantView(with_: Partial<GrantView> = {}): GrantView {
  const status = with_.status ?? 'active';
  const open = ['pending', 'approved', 'granting', 'active', 'revoking', 'revoke_failed'].includes(status);
  const active = { activatedAt: inSeconds(0), expiresAt: inSeconds(900), timeLeft: '15m' };
  return GrantView.parse({
    id: aGrantId('a1'),
    requestId: aRequestId('b1'),
    status,
    open,
    grantee: ana,
    requester: ana,
    entitlement: { integration: 'orders-db', resource: 'orders', permission: 'read' },
    names: {
      integration: 'Orders',
      resource: 'Orders database',
      permission: 'Read orders',
      flow: 'Read the orders',
    },
    environment: 'production',
    flow: { id: 'orders-read', version: 1 },
    approval: 'automatic',
    reason: 'having a look',
    channel: 'cli',
    duration: '15m',
    maxDuration: '1h',
    lifetimeRule: 'flow:orders-read lifetime',
    createdAt: inSeconds(-1),
    updatedAt: inSeconds(0),
    ...(status === 'active' && active),
    ...(!open && { closedAt: inSeconds(0) }),
    decisions: [],
    attempts: 1,
    ...with_,
  } satisfies GrantView);
}

/** A grant that waits for the owners of the data or the manager. */
export function aPendingGrant(with_: Partial<GrantView> = {}): GrantView {
  return aGrantView({
    status: 'pending',
    entitlement: { integration: 'orders-db', resource: 'orders', permission: 'write' },
    approval: { anyOf: [{ group: 'data-owners' }, { manager: true }] },
    decideBy: inSeconds(86_400),
    ...with_,
  });
}

/** A grant that is gone, with what was read back. */
export function aRevokedGrant(with_: Partial<GrantView> = {}): GrantView {
  return aGrantView({
    status: 'revoked',
    wanted: {
      cause: 'self',
      by: { kind: 'person', id: 'ana', name: 'Ana Alves' },
      reason: 'done',
      at: inSeconds(0),
    },
    outcome: 'revoked',
    evidence: { present: false, heldBy: [], facts: { login: 'absent', sessions: 0 }, readAt: inSeconds(0) },
    ...with_,
  });
}

/** A request with these grants. */
export function aRequestView(
  grants: GrantView[] = [aGrantView()],
  with_: Partial<RequestView> = {},
): RequestView {
  const status = grants.some((grant) => grant.status === 'pending')
    ? 'pending'
    : grants.some((grant) => grant.open)
      ? 'open'
      : 'closed';
  return RequestView.parse({
    id: aRequestId('b1'),
    status,
    requester: ana,
    grantee: ana,
    reason: 'having a look',
    channel: 'cli',
    createdAt: inSeconds(-5),
    grants,
    ...with_,
  });
}

export function aCatalogItem(with_: Partial<CatalogItem> = {}): CatalogItem {
  return CatalogItem.parse({
    integration: 'orders-db',
    resource: 'orders',
    permission: 'read',
    names: { integration: 'Orders', resource: 'Orders database', permission: 'Read orders' },
    environment: 'production',
    mode: 'account',
    flow: { id: 'orders-read', name: 'Read the orders' },
    otherFlows: [],
    defaultDuration: '15m',
    maxDuration: '1h',
    approval: 'automatic',
    ...with_,
  });
}
