/** Somebody reads one grant. */
import { mustReadGrant } from '../lifecycle/load.ts';
import { demand, subjectOf } from '../lifecycle/who.ts';
import type { Grant } from '../model/grant.ts';
import type { Person } from '../model/person.ts';
import type { Ports } from '../ports.ts';

/** Throws `NotFound` for one that is not there, or not theirs to see. */
export async function getGrant(
  ports: Ports,
  { by, grantId }: { by: Person; grantId: string },
): Promise<Grant> {
  const { grant } = await mustReadGrant(ports, grantId);
  demand(ports, by, 'grant.read', await subjectOf(ports, by, grant));
  return grant;
}
