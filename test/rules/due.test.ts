/** When somebody must look at a grant next. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Call,
  closedStatuses,
  type Grant,
  openStatuses,
  type Wanted,
} from '../../shared/model/grant.ts';
import { toInstant, toMs } from '../../shared/model/time.ts';
import { dueAt } from '../../shared/rules/due.ts';
import { aGrant, at, noon, theSystem } from '../support/builders.ts';

const wanted: Wanted = { cause: 'admin', by: theSystem(), reason: 'Enough', at: at(5) };
const lease = (...calls: [Call['kind'], number][]) => ({
  number: calls.length,
  calls: calls.map(([kind, seconds], i) => ({ kind, number: i + 1, until: at(seconds) })),
});
/** Ten seconds after noon. */
const now = noon + 10_000;

test.each(closedStatuses)('a grant that is %s is never due', (status) => {
  expect(dueAt(aGrant(status), now)).toBeUndefined();
});

describe('due is', () => {
  test.each<[string, Grant, string]>([
    ['pending: the deadline of the decision', aGrant('pending'), at(86_400)],
    ['pending and wanted: now', aGrant('pending', { wanted }), at(10)],
    ['approved: when its execution should have begun', aGrant('approved'), at(15)],
    ['approved and failed before: the next try', aGrant('approved', { nextTryAt: at(15) }), at(15)],
    ['approved and wanted: now', aGrant('approved', { wanted, nextTryAt: at(15) }), at(10)],
    ['granting, no call under way: now', aGrant('granting'), at(10)],
    ['granting, no call under way: the next try', aGrant('granting', { nextTryAt: at(12) }), at(12)],
    [
      'granting: when the last call has landed',
      aGrant('granting', { lease: lease(['grant', 20], ['grant', 30]) }),
      at(30),
    ],
    ['granting, the call over: now', aGrant('granting', { lease: lease(['grant', 9]) }), at(10)],
    ['granting and wanted: now', aGrant('granting', { wanted, lease: lease(['grant', 20]) }), at(10)],
    ['active: the end', aGrant('active'), at(901)],
    ['active, whatever is under way: the end', aGrant('active', { lease: lease(['extend', 40]) }), at(901)],
    ['active and wanted: now', aGrant('active', { wanted, lease: lease(['extend', 40]) }), at(10)],
    ['revoking, nothing under way: now', aGrant('revoking'), at(10)],
    [
      'revoking: the limit of the revoke under way',
      aGrant('revoking', { lease: lease(['grant', 40], ['revoke', 20]), nextTryAt: at(15) }),
      at(20),
    ],
    [
      'revoking, the revoke dead: the next try',
      aGrant('revoking', { lease: lease(['revoke', 9]), nextTryAt: at(15) }),
      at(15),
    ],
    [
      'revoking, a grant call living: when it has landed',
      aGrant('revoking', { lease: lease(['grant', 40], ['extend', 30]) }),
      at(40),
    ],
    ['revoke_failed: the next try', aGrant('revoke_failed', { nextTryAt: at(900) }), at(900)],
    ['revoke_failed, no next try: now', aGrant('revoke_failed'), at(10)],
    [
      'revoke_failed: the limit of the revoke under way',
      aGrant('revoke_failed', { lease: lease(['revoke', 20]), nextTryAt: at(900) }),
      at(20),
    ],
  ])('%s', (_, grant, due) => {
    expect(dueAt(grant, now)).toBe(due);
  });
});

describe('whatever an open grant looks like', () => {
  const seconds = fc.integer({ min: -1000, max: 2000 });
  const call = fc.record({
    number: fc.integer({ min: 1, max: 9 }),
    kind: fc.constantFrom<Call['kind'][]>('grant', 'extend', 'credentials', 'revoke'),
    until: seconds.map(at),
  });
  const opened = fc
    .record({
      status: fc.constantFrom(...openStatuses),
      calls: fc.array(call, { maxLength: 4 }),
      nextTryAt: fc.option(seconds.map(at), { nil: undefined }),
      isWanted: fc.boolean(),
      expiresAt: seconds.map(at),
      decideBy: seconds.map(at),
    })
    .map(({ status, calls, nextTryAt, isWanted, expiresAt, decideBy }) => ({
      ...aGrant(status),
      lease: { number: 9, calls },
      ...(nextTryAt && { nextTryAt }),
      ...(isWanted && { wanted }),
      ...(status === 'active' && { expiresAt }),
      ...(status === 'pending' && { decideBy }),
    }));

  test('somebody looks', () => {
    fc.assert(
      fc.property(opened, (grant) => {
        expect(dueAt(grant, now)).toBeDefined();
      }),
    );
  });

  test('it is at once when it is wanted and no revoke has begun', () => {
    fc.assert(
      fc.property(opened, (grant) => {
        if (grant.wanted && !grant.status.startsWith('revok')) expect(dueAt(grant, now)).toBe(at(10));
      }),
    );
  });

  test('it is never after what must happen first', () => {
    fc.assert(
      fc.property(opened, (grant) => {
        const due = toMs(dueAt(grant, now) ?? '');
        if (grant.status === 'pending') expect(due).toBeLessThanOrEqual(Math.max(now, toMs(grant.decideBy)));
        if (grant.status === 'active') expect(due).toBeLessThanOrEqual(Math.max(now, toMs(grant.expiresAt)));
        const limits = [
          ...grant.lease.calls.map((living) => living.until),
          grant.nextTryAt ?? at(0),
          toInstant(now),
          // An approved grant is left to its execution for half a minute.
          ...(grant.status === 'approved' ? [toInstant(toMs(grant.updatedAt) + 15_000)] : []),
        ];
        if (grant.status !== 'pending' && grant.status !== 'active')
          expect(due).toBeLessThanOrEqual(Math.max(...limits.map(toMs)));
      }),
    );
  });

  test('it passes: a grant that nobody changed is due once that instant has come', () => {
    fc.assert(
      fc.property(opened, (grant) => {
        let later = now;
        for (let i = 0; i < grant.lease.calls.length + 2; i++)
          later = Math.max(later, toMs(dueAt(grant, later) ?? ''));
        expect(toMs(dueAt(grant, later) ?? '')).toBeLessThanOrEqual(later);
      }),
    );
  });
});
