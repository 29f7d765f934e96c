/** Which grants a person may see: what the authorisation table says, with the directory as it is now. */
import type { Grant } from '../model/grant.ts';
import type { Person } from '../model/person.ts';
import type { Ports } from '../ports.ts';
import { permitOf, subjectOf } from './who.ts';

type SeePorts = Pick<Ports, 'directory'>;

export async function maySee(ports: SeePorts, by: Person, grant: Grant): Promise<boolean> {
  return permitOf(ports, by, 'grant.read', await subjectOf(ports, by, grant)).ok;
}

/** Those of the grants that this person may see, in their order. */
export async function visible(ports: SeePorts, by: Person, grants: Grant[]): Promise<Grant[]> {
  const seen = await Promise.all(grants.map((grant) => maySee(ports, by, grant)));
  return grants.filter((_, n) => seen[n]);
}
