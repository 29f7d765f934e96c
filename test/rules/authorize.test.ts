/** Who may do what. The whole table is spelled out here a second time, so that a change to it is a change to both. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Action,
  type Acting,
  actions,
  authorize,
  type Role,
  rights,
  rightsOf,
  roles,
  rolesFor,
  type Subject,
} from '../../shared/rules/authorize.ts';
import { aPerson } from '../support/builders.ts';

/** Yes, no (403), or not there (404): for somebody who holds that role and no other. */
const expected: Record<Action, Record<Role, 'yes' | 'no' | '404'>> = {
  // In the order: anyone, grantee, requester, manager, approver, admin, responder, auditor.
  'me.read': row('yes yes yes yes yes yes yes yes'),
  'catalog.read': row('yes yes yes yes yes yes yes yes'),
  'flow.read': row('yes yes yes yes yes yes yes yes'),
  'flow.explain-self': row('yes yes yes yes yes yes yes yes'),
  'flow.explain-other': row('no  no  no  no  no  yes no  no'),
  'flow.plan': row('no  no  no  no  no  yes no  yes'),
  'flow.apply': row('no  no  no  no  no  yes no  no'),
  'run.read': row('404 404 yes 404 404 yes 404 yes'),
  'integration.check': row('no  no  no  no  no  yes no  no'),
  'request.submit': row('yes yes yes yes yes yes yes yes'),
  'request.submit-for-other': row('no  no  no  yes no  yes no  no'),
  'request.list': row('yes yes yes yes yes yes yes yes'),
  'request.read': row('404 yes yes 404 yes yes yes yes'),
  'request.decide': row('404 no  no  404 yes no  no  no'),
  'request.cancel': row('404 yes yes 404 no  no  no  no'),
  'grants.list': row('yes yes yes yes yes yes yes yes'),
  'grants.list-all': row('no  no  no  no  no  yes yes yes'),
  'grant.read': row('404 yes yes 404 yes yes yes yes'),
  'grant.read-events': row('404 yes yes 404 yes yes yes yes'),
  'grant.revoke': row('404 yes yes 404 yes yes no  no'),
  'grant.extend': row('404 yes yes 404 no  no  no  no'),
  'grant.credentials': row('404 yes no  404 no  no  no  no'),
};

describe.each(Object.entries(expected))('%s', (action, answers) => {
  test.each(Object.entries(answers))('by %s: %s', (role, answer) => {
    const { acting, subject } = holding([role as Role]);
    expect(answerOf(acting, action as Action, subject)).toBe(answer);
  });
});

test('the table above says something of every action', () => {
  expect(Object.keys(expected).toSorted()).toEqual(Object.keys(actions).toSorted());
});

describe('a role', () => {
  const ada = aPerson('ada');
  const acting: Acting = { person: ada, rights: [] };

  test('comes from the ids of the grant and from nothing else', () => {
    expect(rolesFor(acting, { grantee: 'ada', requester: 'ben' })).toEqual(['anyone', 'grantee']);
    expect(rolesFor(acting, { grantee: 'Ada', requester: 'ada' })).toEqual(['anyone', 'requester']);
    expect(rolesFor(acting, { manager: 'ada' })).toEqual(['anyone', 'manager']);
    expect(rolesFor(acting)).toEqual(['anyone']);
  });

  test('of approver is held by who decided, and by who may decide now', () => {
    expect(rolesFor(acting, { deciders: ['ben', 'ada'] })).toContain('approver');
    expect(rolesFor(acting, { mayDecide: true })).toContain('approver');
    expect(rolesFor(acting, { deciders: ['ben'], mayDecide: false })).not.toContain('approver');
  });

  test('given by a right comes from the groups that the configuration names', () => {
    const groups = { admin: 'platform', responder: 'on-call', auditor: 'compliance' };
    expect(rightsOf(aPerson('ada', { groups: ['platform', 'compliance'] }), groups)).toEqual([
      'admin',
      'auditor',
    ]);
    expect(rightsOf(aPerson('ada', { groups: ['admin', 'responder', 'auditor'] }), groups)).toEqual([]);
  });
});

describe('whoever asks', () => {
  const asked = fc.record({
    action: fc.constantFrom(...(Object.keys(actions) as Action[])),
    held: fc.subarray([...roles]),
    also: fc.constantFrom(...roles),
  });

  test('who is not active may do nothing, and is not told what there is', () => {
    fc.assert(
      fc.property(asked, ({ action, held }) => {
        const { acting, subject } = holding(held);
        const left = { ...acting, person: { ...acting.person, active: false } };
        expect(answerOf(left, action, subject)).toBe('sees' in actions[action] ? '404' : 'no');
      }),
    );
  });

  test('one more role never takes anything away', () => {
    const rank = { '404': 0, no: 1, yes: 2 };
    fc.assert(
      fc.property(asked, ({ action, held, also }) => {
        const before = holding(held);
        const after = holding([...held, also]);
        expect(rank[answerOf(after.acting, action, after.subject)]).toBeGreaterThanOrEqual(
          rank[answerOf(before.acting, action, before.subject)],
        );
      }),
    );
  });

  test('a grant that one may not read answers as if it were not there, whatever is tried on it', () => {
    fc.assert(
      fc.property(asked, ({ action, held }) => {
        const { acting, subject } = holding(held);
        if (!action.startsWith('grant.') || authorize(acting, 'grant.read', subject).ok) return;
        expect(authorize(acting, action, subject)).toEqual(authorize(acting, 'grant.read', subject));
      }),
    );
  });

  test('a refusal says what to do, in a sentence', () => {
    fc.assert(
      fc.property(asked, ({ action, held }) => {
        const { acting, subject } = holding(held);
        const permit = authorize(acting, action, subject);
        if (!permit.ok) expect(permit.reason).toMatch(/^[A-Z].*\.$/u);
      }),
    );
  });
});

/** `ada`, holding these roles towards the subject. */
function holding(held: Role[]): { acting: Acting; subject: Subject } {
  const id = (role: Role) => (held.includes(role) ? 'ada' : 'somebody-else');
  return {
    acting: { person: aPerson('ada'), rights: rights.filter((right) => held.includes(right)) },
    subject: {
      grantee: id('grantee'),
      requester: id('requester'),
      manager: id('manager'),
      deciders: [id('approver')],
    },
  };
}

function answerOf(acting: Acting, action: Action, subject: Subject): 'yes' | 'no' | '404' {
  const permit = authorize(acting, action, subject);
  if (permit.ok) return 'yes';
  return permit.code === 'NotFound' ? '404' : 'no';
}

function row(answers: string): Record<Role, 'yes' | 'no' | '404'> {
  const words = answers.split(/ +/);
  return Object.fromEntries(roles.map((role, i) => [role, words[i]])) as Record<Role, 'yes' | 'no' | '404'>;
}
