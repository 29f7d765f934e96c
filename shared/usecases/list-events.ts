/** Somebody reads what happened to a grant: its chain of events, in order. */
import { mustReadGrant } from '../lifecycle/load.ts';
import { type Page, type Paging, readPage, type Source } from '../lifecycle/read-page.ts';
import { demand, subjectOf } from '../lifecycle/who.ts';
import { StoredEvent } from '../model/events.ts';
import { keys } from '../model/keys.ts';
import type { Person } from '../model/person.ts';
import type { Ports } from '../ports.ts';

export interface EventsAsked {
  by: Person;
  grantId: string;
  paging: Paging;
}

/** Throws `NotFound` for a grant that is not there, or not theirs to see. */
export async function listEvents(
  ports: Ports,
  { by, grantId, paging }: EventsAsked,
): Promise<Page<StoredEvent>> {
  const { grant } = await mustReadGrant(ports, grantId);
  demand(ports, by, 'grant.read-events', await subjectOf(ports, by, grant));
  return readPage(ports, [chainOf(grantId)], { list: ['events', grantId], paging, keep: () => true });
}

/** Events are immutable and read by key, in the order of their numbers. */
function chainOf(grantId: string): Source<StoredEvent> {
  const { pk } = keys.event(grantId, 0);
  return {
    query: { partition: pk, from: 'EVENT#', to: 'EVENT$' },
    read: async (item) => [StoredEvent.parse(item.data)],
  };
}
