/** Somebody asks who they are to Curfew: the directory's person, and the rights that their groups give. */
import { demand } from '../lifecycle/who.ts';
import type { Person } from '../model/person.ts';
import type { Ports } from '../ports.ts';
import { type Right, rightsOf } from '../rules/authorize.ts';

/** Throws `Forbidden`. */
export function showMe(
  ports: Pick<Ports, 'directory'>,
  { by }: { by: Person },
): { person: Person; rights: Right[] } {
  demand(ports, by, 'me.read');
  return { person: by, rights: rightsOf(by, ports.directory.rights()) };
}
