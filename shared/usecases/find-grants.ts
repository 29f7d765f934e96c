/** Somebody lists grants: all of them for admins, responders and auditors, their own share for everybody else. */
import { fitsFilter, type GrantFilter, sourcesOf, sourcesOfAll } from '../lifecycle/grant-sources.ts';
import { type Page, type Paging, readPage } from '../lifecycle/read-page.ts';
import { demand } from '../lifecycle/who.ts';
import { maySee } from '../lifecycle/see.ts';
import type { Grant } from '../model/grant.ts';
import type { Person } from '../model/person.ts';
import type { Ports } from '../ports.ts';
import { authorize, rightsOf } from '../rules/authorize.ts';

export interface GrantSearch {
  by: Person;
  filter: GrantFilter;
  paging: Paging;
}

/** Throws `Forbidden`, and `Malformed` for a cursor of another list. */
export async function findGrants(ports: Ports, { by, filter, paging }: GrantSearch): Promise<Page<Grant>> {
  demand(ports, by, 'grants.list');
  const acting = { person: by, rights: rightsOf(by, ports.directory.rights()) };
  const all = authorize(acting, 'grants.list-all').ok;
  const sources = all ? sourcesOfAll(ports, filter) : await sourcesOf(ports, by, filter);
  return readPage(ports, sources, {
    list: ['grants', by.id, all, filter],
    paging,
    keep: async (grant) => fitsFilter(grant, filter) && (all || (await maySee(ports, by, grant))),
  });
}
