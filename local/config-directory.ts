/** The directory of a local Curfew: the people and groups of the configuration. */
import type { Config } from '../shared/model/config.ts';
import type { Directory } from '../shared/ports.ts';

export function createConfigDirectory({ people, rights }: Pick<Config, 'people' | 'rights'>): Directory {
  const byId = new Map(people.map((person) => [person.id, person]));
  return {
    person: async (id) => byId.get(id),
    byEmail: async (email) => people.find((person) => person.email.toLowerCase() === email.toLowerCase()),
    members: async (group) => people.filter((person) => person.groups.includes(group)),
    reports: async (personId) => people.filter((person) => person.manager === personId),
    rights: () => rights,
  };
}
