/** Somebody lists what they asked for, or what waits for their decision. */
import { type Inbox, inboxOf } from '../lifecycle/inbox.ts';
import { type Page, type Paging, readPage, type Source } from '../lifecycle/read-page.ts';
import { readRequestGrants } from '../lifecycle/request-grants.ts';
import { demand, permitOf, subjectOf } from '../lifecycle/who.ts';
import { type Grant } from '../model/grant.ts';
import { partitions } from '../model/keys.ts';
import type { Person } from '../model/person.ts';
import type { Request } from '../model/request.ts';
import type { Ports } from '../ports.ts';
import type { SeenRequest } from './get-request.ts';

export interface RequestSearch {
  by: Person;
  /** `waiting`: pending grants that this person may decide and has not. */
  list: 'mine' | 'waiting';
  paging: Paging;
}

/** Throws `Forbidden`, and `Malformed` for a cursor of another list. */
export async function findRequests(
  ports: Ports,
  { by, list, paging }: RequestSearch,
): Promise<Page<SeenRequest>> {
  demand(ports, by, 'request.list');
  const sources = list === 'mine' ? [askedBy(ports, by)] : await waitingFor(ports, by);
  return readPage(ports, sources, { list: ['requests', by.id, list], paging, keep: () => true });
}

function askedBy(ports: Ports, by: Person): Source<SeenRequest> {
  return {
    query: { index: 'grantee', partition: partitions.requester(by.id), reverse: true },
    async read(item) {
      const { request, grants } = await readRequestGrants(ports, (item.data as Request).id);
      return [{ request, grants, shown: grants }];
    },
  };
}

async function waitingFor(ports: Ports, by: Person): Promise<Source<SeenRequest>[]> {
  const inbox = await inboxOf(ports, by);
  return inbox.selectors.map((selector) => ({
    query: { index: 'waiting', partition: partitions.waiting(selector) },
    read: (item) => waitingRequest(ports, by, inbox, selector, item.data as Waiting),
  }));
}

interface Waiting {
  grantId: string;
  requestId: string;
}

/** A request lies in the inbox once for each grant and selector; the first grant's first selector shows it. */
async function waitingRequest(
  ports: Ports,
  by: Person,
  inbox: Inbox,
  selector: string,
  { grantId, requestId }: Waiting,
): Promise<SeenRequest[]> {
  const { request, grants } = await readRequestGrants(ports, requestId);
  const shown = await undecided(ports, by, grants);
  const first = shown[0];
  const here = first?.id === grantId && inbox.firstOf(first) === selector;
  return here ? [{ request, grants, shown }] : [];
}

async function undecided(ports: Ports, by: Person, grants: Grant[]): Promise<Grant[]> {
  const waits = await Promise.all(grants.map((grant) => waitsFor(ports, by, grant)));
  return grants.filter((_, n) => waits[n]);
}

async function waitsFor(ports: Ports, by: Person, grant: Grant): Promise<boolean> {
  if (grant.status !== 'pending' || grant.decisions.some((decision) => decision.by.id === by.id))
    return false;
  return permitOf(ports, by, 'request.decide', await subjectOf(ports, by, grant)).ok;
}
