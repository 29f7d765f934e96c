/** The directory that a configuration's own people make: in memory on a laptop, from the table in the cloud. */
import type { RightGroups } from '../model/config.ts';
import { keys } from '../model/keys.ts';
import { Person } from '../model/person.ts';
import type { Directory, Ports } from '../ports.ts';
import type { Head, StoredPerson } from './load-people.ts';
import { readAllOf } from './read-all.ts';

/** Of people who are at hand. */
export function createPeopleDirectory(people: Person[], rights: RightGroups): Directory {
  return directoryOf(async () => people, rights);
}

/** Of the people in the table. Each look-up reads the head, strongly; the people themselves again only when it has changed. */
export function createTableDirectory(ports: Pick<Ports, 'table'>, rights: RightGroups): Directory {
  let known: { version: number; people: Promise<Person[]> } | undefined;
  return directoryOf(async () => {
    const version = (await ports.table.get<Head>(keys.directory()))?.data.version ?? 0;
    if (known?.version === version) return known.people;
    const people = readPeople(ports);
    known = { version, people };
    // A failure is not kept.
    people.catch(() => (known = undefined));
    return people;
  }, rights);
}

function directoryOf(people: () => Promise<Person[]>, rights: RightGroups): Directory {
  return {
    person: async (id) => (await people()).find((person) => person.id === id),
    byEmail: async (email) =>
      (await people()).find((person) => person.email.toLowerCase() === email.toLowerCase()),
    members: async (group) => (await people()).filter((person) => person.groups.includes(group)),
    reports: async (personId) => (await people()).filter((person) => person.manager === personId),
    rights: () => rights,
  };
}

async function readPeople(ports: Pick<Ports, 'table'>): Promise<Person[]> {
  const items = await readAllOf<StoredPerson>(ports, { partition: 'PEOPLE' });
  return items.map((item) => Person.parse(item.data.person));
}
