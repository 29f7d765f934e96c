/** The people of the configuration as items: one each, and a head that counts their versions. */
import { createHash } from 'node:crypto';
import { noHash } from '../model/events.ts';
import { keys } from '../model/keys.ts';
import type { Actor, Person } from '../model/person.ts';
import type { Item, Ports, Write } from '../ports.ts';
import { loadedEvent } from './loaded-event.ts';
import { readAllOf } from './read-all.ts';

/** A person as stored. */
export interface StoredPerson {
  schema: 1;
  person: Person;
  digest: string;
}

/** As long as its version is the same, so are the people. */
export interface Head {
  schema: 1;
  version: number;
  hash: string;
}

interface Change {
  what: 'added' | 'changed' | 'removed';
  id: string;
  write: Write;
}

/** A write takes 100 items: the head and its event among them. */
const peoplePerWrite = 90;

/** Puts who is new or changed and deletes who is gone, each batch with an event that names them. Answers how many. */
export async function loadPeople(
  ports: Pick<Ports, 'table' | 'clock'>,
  people: Person[],
  by: Actor,
): Promise<number> {
  const stored = await readAllOf<StoredPerson>(ports, { partition: 'PEOPLE' });
  const before = new Map(stored.map((item) => [item.sk, item]));
  const named = new Set(people.map(({ id }) => id));
  const gone = stored.filter((item) => !named.has(item.sk)).map(removal);
  const changes = [...gone, ...people.flatMap((person) => change(person, before.get(person.id)))];
  for (let at = 0; at < changes.length; at += peoplePerWrite)
    await putBatch(ports, changes.slice(at, at + peoplePerWrite), by);
  return changes.length;
}

/** Nothing, where nothing changed. */
function change(person: Person, before: Item<StoredPerson> | undefined): Change[] {
  const digest = createHash('sha256').update(JSON.stringify(person)).digest('hex');
  if (before?.data.digest === digest) return [];
  const data: StoredPerson = { schema: 1, person, digest };
  const put = { ...keys.person(person.id), kind: 'person', index: {}, data };
  const write: Write = { put, expect: before?.version ?? 'absent' };
  return [{ what: before ? 'changed' : 'added', id: person.id, write }];
}

function removal(item: Item<StoredPerson>): Change {
  return { what: 'removed', id: item.sk, write: { delete: keys.person(item.sk), expect: item.version } };
}

async function putBatch(ports: Pick<Ports, 'table' | 'clock'>, changes: Change[], by: Actor): Promise<void> {
  const head = await ports.table.get<Head>(keys.directory());
  const version = (head?.data.version ?? 0) + 1;
  const ids = (what: Change['what']) => changes.filter((one) => one.what === what).map(({ id }) => id);
  const details = { added: ids('added'), changed: ids('changed'), removed: ids('removed') };
  const event = loadedEvent(ports, {
    name: 'directory',
    type: 'DirectoryLoaded',
    version,
    prevHash: head?.data.hash ?? noHash,
    actor: by,
    details,
  });
  const data: Head = { schema: 1, version, hash: event.hash };
  await ports.table.write([
    ...changes.map(({ write }) => write),
    { put: { ...keys.directory(), kind: 'config', index: {}, data }, expect: head?.version ?? 'absent' },
    event.write,
  ]);
}
