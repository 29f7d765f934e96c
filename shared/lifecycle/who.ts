/** Who acts on what: the facts that the authorisation table decides on, read from the grant and the directory. */
import { CurfewError } from '../model/errors.ts';
import type { Grant } from '../model/grant.ts';
import type { Person } from '../model/person.ts';
import type { Ports } from '../ports.ts';
import { eligible, type Parties } from '../rules/approval.ts';
import { type Action, authorize, type Permit, rightsOf, type Subject } from '../rules/authorize.ts';

type WhoPorts = Pick<Ports, 'directory'>;

/** Throws `Forbidden` or `NotFound`, as the table says. */
export function demand(ports: WhoPorts, person: Person, action: Action, subject: Subject = {}): void {
  const permit = permitOf(ports, person, action, subject);
  if (!permit.ok) throw new CurfewError(permit.code, permit.reason);
}

/** The table's answer for this person, with the rights that the directory gives them now. */
export function permitOf(ports: WhoPorts, person: Person, action: Action, subject: Subject = {}): Permit {
  return authorize({ person, rights: rightsOf(person, ports.directory.rights()) }, action, subject);
}

/** What a person is to a grant. `mayDecide` follows the policy and the directory as they are now. */
export async function subjectOf(ports: WhoPorts, person: Person, grant: Grant): Promise<Subject> {
  const parties = await partiesOf(ports, grant);
  return {
    grantee: grant.grantee.id,
    requester: grant.requester.id,
    manager: parties.grantee.manager,
    deciders: grant.decisions.map((decision) => decision.by.id),
    mayDecide: grant.approval !== undefined && eligible(grant.approval.policy, parties, person).ok,
  };
}

/** Grantee, with their manager of today, and requester. */
export async function partiesOf(ports: WhoPorts, grant: Grant): Promise<Parties> {
  const grantee = await ports.directory.person(grant.grantee.id);
  return {
    grantee: { id: grant.grantee.id, ...(grantee?.manager !== undefined && { manager: grantee.manager }) },
    requester: { id: grant.requester.id },
    selfApproval: grant.approval?.selfApproval ?? false,
  };
}
