/** The grant: which status may follow which, and which data each status has. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  closedStatuses,
  Grant,
  GrantStatus,
  isOpen,
  mayBecome,
  openStatuses,
  transitions,
} from '../../shared/model/grant.ts';
import { aGrant } from '../support/builders.ts';

const statuses = GrantStatus.options;

/** Every transition that may follow, written down a second time; a status that may change without leaving it is named too. */
const legal: Record<GrantStatus, GrantStatus[]> = {
  pending: ['pending', 'approved', 'rejected', 'cancelled', 'timed_out'],
  approved: ['approved', 'granting', 'cancelled', 'failed'],
  granting: ['granting', 'active', 'revoking'],
  active: ['active', 'revoking'],
  revoking: ['revoking', 'revoked', 'failed', 'revoke_failed'],
  revoke_failed: ['revoke_failed', 'revoked', 'failed', 'closed_unverified'],
  rejected: [],
  cancelled: [],
  timed_out: [],
  failed: [],
  revoked: [],
  closed_unverified: [],
};

describe.each(statuses)('from %s', (from) => {
  test.each(statuses)('to %s is legal exactly when the architecture says so', (to) => {
    expect(mayBecome(from, to)).toBe(legal[from].includes(to));
  });
});

describe('a grant', () => {
  test.each(openStatuses)('that is %s is open, and may change', (status) => {
    expect(isOpen(aGrant(status))).toBe(true);
    expect(transitions[status]).not.toEqual([]);
  });

  test.each(closedStatuses)('that is %s is closed, and never changes again', (status) => {
    expect(isOpen(aGrant(status))).toBe(false);
    expect(transitions[status]).toEqual([]);
  });

  test('is one or the other', () => {
    expect([...openStatuses, ...closedStatuses].toSorted()).toEqual([...statuses].toSorted());
  });
});

test('whatever order of statuses is tried: what the table lets through ends, or can still end', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...statuses), { maxLength: 40 }), (tried) => {
      let status: GrantStatus = 'pending';
      for (const next of tried) if (mayBecome(status, next)) status = next;
      expect(reachable(status).some((end) => transitions[end].length === 0)).toBe(true);
    }),
  );
});

test('access that may have been touched closes only by way of a revoke', () => {
  for (const from of ['granting', 'active'] as const)
    expect(transitions[from].filter((to) => (closedStatuses as readonly string[]).includes(to))).toEqual([]);
});

test('revoked is reached only from a revoke', () => {
  expect(statuses.filter((from) => mayBecome(from, 'revoked'))).toEqual(['revoking', 'revoke_failed']);
});

describe('the data of a grant', () => {
  test.each(statuses)('that is %s is read back as it was written', (status) => {
    const grant = aGrant(status);
    expect(Grant.parse(JSON.parse(JSON.stringify(grant)))).toEqual(grant);
  });

  test.each([
    ['granting', 'receipt'],
    ['granting', 'expiresBy'],
    ['active', 'expiresAt'],
    ['active', 'receipt'],
    ['revoking', 'wanted'],
    ['revoking', 'receipt'],
    ['revoked', 'evidence'],
    ['revoked', 'outcome'],
    ['revoked', 'wanted'],
    ['cancelled', 'wanted'],
    ['pending', 'decideBy'],
  ] as const)('that is %s is refused without its %s', (status, field) => {
    const { [field]: _, ...rest } = aGrant(status) as Record<string, unknown>;
    expect(Grant.safeParse(rest).success).toBe(false);
  });

  test('holds nothing that the model does not name, so that no secret slips in', () => {
    expect(Grant.safeParse({ ...aGrant('active'), password: 'hunter2' }).success).toBe(false);
  });
});

function reachable(from: GrantStatus, seen = new Set<GrantStatus>()): GrantStatus[] {
  if (!seen.has(from)) {
    seen.add(from);
    for (const to of transitions[from]) reachable(to, seen);
  }
  return [...seen];
}
