/** People in the table: what is loaded is what the directory gives, from the next look-up on, and who loaded it is on record. */
import { describe, expect, it } from 'vitest';
import { openSqliteTable } from '../../local/sqlite-table.ts';
import { loadPeople } from '../../shared/lifecycle/load-people.ts';
import { createTableDirectory } from '../../shared/lifecycle/people-directory.ts';
import { Person } from '../../shared/model/person.ts';
import type { Table } from '../../shared/ports.ts';
import { theSystem } from '../support/builders.ts';
import { eventsOf } from '../support/check-invariants.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const rights = { admin: 'admins', responder: 'responders', auditor: 'auditors' };
const person = (id: string, more: Partial<Person> = {}) =>
  Person.parse({ id, name: id.toUpperCase(), email: `${id}@example.com`, ...more });

function begin(table: Table = openSqliteTable(':memory:')) {
  const ports = { table, clock: createVirtualClock() };
  const load = (...people: Person[]) => loadPeople(ports, people, theSystem('deploy'));
  return { ports, load, directory: createTableDirectory(ports, rights) };
}

describe('the directory of the table', () => {
  it('finds people by id, by address in any case, by group and by manager', async () => {
    const { load, directory } = begin();
    await load(person('ana', { groups: ['engineers'], manager: 'mia' }), person('mia'));
    expect(await directory.person('ana')).toMatchObject({ name: 'ANA' });
    expect(await directory.byEmail('ANA@Example.com')).toMatchObject({ id: 'ana' });
    expect((await directory.members('engineers')).map(({ id }) => id)).toEqual(['ana']);
    expect((await directory.reports('mia')).map(({ id }) => id)).toEqual(['ana']);
    expect(await directory.person('nobody')).toBeUndefined();
    expect(directory.rights()).toEqual(rights);
  });

  it('knows of a change from the next look-up on: who was removed, shut out, or has another address', async () => {
    const { load, directory } = begin();
    await load(person('ana'), person('ben'), person('cleo'));
    expect(await directory.person('ana')).toMatchObject({ active: true });
    await load(person('ana', { active: false }), person('cleo', { email: 'ben@example.com' }));
    expect(await directory.person('ana')).toMatchObject({ active: false });
    expect(await directory.person('ben')).toBeUndefined();
    expect(await directory.byEmail('ben@example.com')).toMatchObject({ id: 'cleo' });
  });

  it('reads the people once as long as nothing changes', async () => {
    const table = openSqliteTable(':memory:');
    let queries = 0;
    const counting: Table = { ...table, query: (query) => (queries++, table.query(query)) };
    const { load, directory } = begin(counting);
    await load(person('ana'));
    queries = 0;
    for (let round = 0; round < 5; round++) await directory.person('ana');
    expect(queries).toBe(1);
  });

  it('is empty before anybody was loaded, and does not keep a failure', async () => {
    const table = openSqliteTable(':memory:');
    let broken = true;
    const flaky: Table = {
      ...table,
      query: (query) => (broken ? Promise.reject(new Error('away')) : table.query(query)),
    };
    const directory = createTableDirectory({ table: flaky }, rights);
    await expect(directory.person('ana')).rejects.toThrow('away');
    broken = false;
    expect(await directory.person('ana')).toBeUndefined();
  });
});

describe('loading', () => {
  it('S4 says who was added, changed and removed, by whom, in a chain; nothing where nothing changed', async () => {
    const { ports, load } = begin();
    expect(await load(person('ana'), person('ben'))).toBe(2);
    expect(await load(person('ana'), person('ben'))).toBe(0);
    expect(await load(person('ana', { name: 'Ana' }), person('cleo'))).toBe(3);
    const events = await eventsOf(ports, 'directory');
    expect(events.map(({ actor, details }) => [actor.id, details])).toEqual([
      ['deploy', { added: ['ana', 'ben'], changed: [], removed: [] }],
      ['deploy', { added: ['cleo'], changed: ['ana'], removed: ['ben'] }],
    ]);
    expect(events[1]?.prevHash).not.toBe(events[0]?.prevHash);
  });

  it('takes more people than one write holds', async () => {
    const { load, directory } = begin();
    const many = Array.from({ length: 301 }, (_, i) => person(`p${i}`));
    expect(await load(...many)).toBe(301);
    expect(await directory.person('p300')).toBeDefined();
    expect(await load()).toBe(301);
    expect(await directory.person('p0')).toBeUndefined();
  });
});
