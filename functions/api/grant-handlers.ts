/** Handlers of grants: find, read, end, extend, use. */
import { eventView } from '../../shared/api/event-view.ts';
import { grantView } from '../../shared/api/grant-view.ts';
import { askRevoke } from '../../shared/usecases/ask-revoke.ts';
import { findGrants } from '../../shared/usecases/find-grants.ts';
import { getGrant } from '../../shared/usecases/get-grant.ts';
import { listEvents } from '../../shared/usecases/list-events.ts';
import type { Person } from '../../shared/model/person.ts';
import type { Handlers } from './route-handler.ts';

type GrantHandlers = Pick<
  Handlers,
  'findGrants' | 'getGrant' | 'listEvents' | 'revokeGrant' | 'extendGrant' | 'issueCredentials'
>;

export const grantHandlers: GrantHandlers = {
  async findGrants(ports, { by, query }) {
    const { limit, cursor, ...asked } = query;
    const filter = { ...asked, grantee: whom(by, asked.grantee), approver: whom(by, asked.approver) };
    const { items, next } = await findGrants(ports, { by, filter, paging: { limit, cursor } });
    const now = ports.clock.now();
    return {
      status: 200,
      body: { items: items.map((grant) => grantView(grant, now)), ...(next && { next }) },
    };
  },

  async getGrant(ports, { by, params }) {
    return {
      status: 200,
      body: grantView(await getGrant(ports, { by, grantId: params.id }), ports.clock.now()),
    };
  },

  async listEvents(ports, { by, params, query }) {
    const { items, next } = await listEvents(ports, { by, grantId: params.id, paging: query });
    return { status: 200, body: { items: items.map(eventView), ...(next && { next }) } };
  },

  async revokeGrant(ports, { by, params, body }) {
    const { grant, alreadyClosed } = await askRevoke(ports, { by, grantId: params.id, reason: body.reason });
    return { status: alreadyClosed ? 200 : 202, body: grantView(grant, ports.clock.now()) };
  },

  async extendGrant(ports, { by, params, body, idempotency, correlationId }) {
    const { duration: durationSeconds, reason } = body;
    const asked = { by, grantId: params.id, durationSeconds, reason, idempotency, correlationId };
    const { grant } = await ports.atTargets.extendAccess(asked);
    return { status: 200, body: grantView(grant, ports.clock.now()) };
  },

  async issueCredentials({ atTargets }, { by, params, correlationId }) {
    const body = await atTargets.issueCredentials({ by, grantId: params.id, correlationId });
    return { status: 200, body };
  },
};

function whom(by: Person, id: string | undefined): string | undefined {
  return id === 'me' ? by.id : id;
}
