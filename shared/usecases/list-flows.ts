/** Somebody reads the access flows, in the order of the configuration. */
import { currentFlows, type CurrentFlow } from '../lifecycle/load.ts';
import { type Page, type Paging, pageOfList } from '../lifecycle/read-page.ts';
import { demand } from '../lifecycle/who.ts';
import type { Person } from '../model/person.ts';
import type { Ports } from '../ports.ts';

/** Throws `Forbidden`, and `Malformed` for a cursor of another list. */
export async function listFlows(
  ports: Ports,
  { by, paging }: { by: Person; paging: Paging },
): Promise<Page<CurrentFlow>> {
  demand(ports, by, 'flow.read');
  return pageOfList(await currentFlows(ports), ['flows'], paging);
}
