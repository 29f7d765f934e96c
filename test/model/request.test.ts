/** The status of a request, which is that of its grants. */
import { expect, test } from 'vitest';
import { type GrantStatus, closedStatuses, openStatuses } from '../../shared/model/grant.ts';
import { requestStatus } from '../../shared/model/request.ts';

test.each<[string, GrantStatus[], string]>([
  ['pending while a decision is missing for any', ['active', 'pending', 'rejected'], 'pending'],
  ['open while any grant is', ['revoked', 'active'], 'open'],
  ['open while a revoke has failed: that is never closed', ['revoked', 'revoke_failed'], 'open'],
  ['closed when all are', ['revoked', 'rejected', 'cancelled'], 'closed'],
])('a request is %s', (_, statuses, expected) => {
  expect(requestStatus(statuses)).toBe(expected);
});

test('one grant makes it open or closed as the grant is', () => {
  for (const status of openStatuses) expect(requestStatus([status])).not.toBe('closed');
  for (const status of closedStatuses) expect(requestStatus([status])).toBe('closed');
});
