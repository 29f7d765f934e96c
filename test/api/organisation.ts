/** A small organisation: its people, what is on offer, its flows; and what makes a grant one of theirs. */
import type { Offer } from '../../shared/connectors/contract.ts';
import type { Flow } from '../../shared/model/flow.ts';
import type { Grant } from '../../shared/model/grant.ts';
import { type Person, refOf } from '../../shared/model/person.ts';
import { aFlow, aPerson, at } from '../support/builders.ts';

export const people: Person[] = [
  aPerson('ada', { groups: ['engineers'], manager: 'mia', logins: { 'orders-db': 'ada' } }),
  aPerson('bo', { groups: ['engineers'], manager: 'mia' }),
  aPerson('mia'),
  aPerson('dora', { groups: ['data-owners'] }),
  aPerson('otto', { groups: ['data-owners'] }),
  aPerson('sam', { groups: ['security'] }),
  aPerson('root', { groups: ['admins'] }),
  aPerson('ron', { groups: ['responders'] }),
  aPerson('ava', { groups: ['auditors'] }),
  aPerson('gone', { active: false }),
  aPerson('eve'),
];

export function personOf(id: string): Person {
  const found = people.find((person) => person.id === id);
  if (!found) throw new Error(`no ${id} in this world`);
  return found;
}

export const offers: Offer[] = ['read', 'write', 'admin'].map((permission) => ({
  resource: 'orders',
  resourceName: 'Orders',
  permission,
  permissionName: permission,
  mode: 'account',
}));
offers.push({
  resource: 'orders',
  resourceName: 'Orders',
  permission: 'oncall',
  permissionName: 'On call',
  mode: 'membership',
});

export const flows: Flow[] = [
  aFlow({
    id: 'orders-read',
    requesters: [{ group: 'engineers' }],
    entitlements: [{ integration: 'orders-db', permission: 'read' }],
  }),
  aFlow({
    id: 'orders-write',
    name: 'Write orders',
    entitlements: [{ integration: 'orders-db', permission: 'write' }],
    approval: { anyOf: [{ group: 'data-owners' }, { manager: true }] },
  }),
  aFlow({
    id: 'orders-admin',
    name: 'Administer orders',
    entitlements: [{ integration: 'orders-db', permission: 'admin' }],
    approval: { allOf: [{ group: 'data-owners' }, { group: 'security' }] },
    lifetime: { default: 300, max: 600, rules: [] },
    reason: { pattern: '[A-Z]+-[0-9]+', hint: 'a ticket such as OPS-12' },
  }),
  aFlow({
    id: 'orders-oncall',
    name: 'On call',
    entitlements: [{ integration: 'orders-db', permission: 'oncall' }],
  }),
];

/** The fields that make a grant this person's. */
export function of(id: string): { grantee: Grant['grantee']; requester: Grant['requester'] } {
  return { grantee: refOf(personOf(id)), requester: refOf(personOf(id)) };
}

export function decision(by: string, what: 'approve' | 'reject' = 'approve'): Grant['decisions'][number] {
  return { by: refOf(personOf(by)), decision: what, reason: '', at: at(1) };
}

/** The parts of a grant that follows the flow orders-write. */
export function byWriteFlow() {
  const entitlement = { integration: 'orders-db', resource: 'orders', permission: 'write' };
  const policy = { anyOf: [{ group: 'data-owners' }, { manager: true as const }] };
  return { entitlement, flow: { id: 'orders-write', version: 1 }, approval: { policy, selfApproval: false } };
}
