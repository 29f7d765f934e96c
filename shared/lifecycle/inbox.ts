/** Whose decisions a person can be asked for: their own, each of their groups', and their reports' manager's. */
import type { ApprovalPolicy } from '../model/flow.ts';
import type { Grant } from '../model/grant.ts';
import { selectorKey } from '../model/keys.ts';
import type { Person } from '../model/person.ts';
import type { Ports } from '../ports.ts';
import { selectorsOf } from '../rules/approval.ts';
import { waitingSelectors } from './items.ts';

export interface Inbox {
  /** The selectors (as keys) whose waiting grants lie before this person. */
  selectors: string[];
  /** The first of them that a pending grant lies under: where a list shows it. */
  firstOf(grant: Grant): string | undefined;
  /** Could the policy name this person, for some grantee? */
  named(policy: ApprovalPolicy): boolean;
}

/** Membership is that of the directory now. */
export async function inboxOf(ports: Pick<Ports, 'directory'>, person: Person): Promise<Inbox> {
  const reports = await ports.directory.reports(person.id);
  const selectors = [
    selectorKey({ person: person.id }, ''),
    ...person.groups.map((group) => selectorKey({ group }, '')),
    ...reports.map((report) => selectorKey({ manager: true }, report.id)),
  ];
  return {
    selectors,
    firstOf(grant) {
      const asked = grant.status === 'pending' ? waitingSelectors(grant) : [];
      return selectors.find((key) => asked.includes(key));
    },
    named: (policy) =>
      selectorsOf(policy).some((selector) =>
        'manager' in selector ? reports.length > 0 : selectors.includes(selectorKey(selector, '')),
      ),
  };
}
