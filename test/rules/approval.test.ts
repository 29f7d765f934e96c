/** Who may approve and when it is enough: truth tables for people to read, and a brute-force second opinion. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Selector } from '../../shared/model/flow.ts';
import type { Person } from '../../shared/model/person.ts';
import {
  decidable,
  eligible,
  helps,
  type Parties,
  progress,
  selectorsOf,
} from '../../shared/rules/approval.ts';
import { aPerson } from '../support/builders.ts';
import { decisions } from './worlds.ts';

const owners: Selector = { group: 'data-owners' };
const security: Selector = { group: 'security' };
const manager: Selector = { manager: true };
const zoe: Selector = { person: 'zoe' };

const ada = aPerson('ada', { manager: 'max' });
const max = aPerson('max');
const olga = aPerson('olga', { groups: ['data-owners'] });
const otto = aPerson('otto', { groups: ['data-owners'] });
const sam = aPerson('sam', { groups: ['security'] });
const both = aPerson('both', { groups: ['data-owners', 'security'] });
/** What Ada asked for herself. */
const adas: Parties = { grantee: ada, requester: ada, selfApproval: false };

describe('who may decide', () => {
  test.each([
    ['somebody named', zoe, aPerson('zoe'), true],
    ['somebody else', zoe, max, false],
    ['a member of the group', owners, olga, true],
    ['a member of another', owners, sam, false],
    ["the grantee's manager", manager, max, true],
    ["somebody else's manager", manager, aPerson('mia'), false],
    ['one who is not active', owners, aPerson('old', { groups: ['data-owners'], active: false }), false],
  ])('%s', (_, selector, candidate, expected) => {
    expect(eligible({ anyOf: [selector] }, adas, candidate).ok).toBe(expected);
    expect(eligible({ allOf: [selector] }, adas, candidate).ok).toBe(expected);
    expect(eligible({ anyOf: [{ person: 'nobody' }, selector] }, adas, candidate).ok).toBe(expected);
  });

  test('the manager is that of the grantee, not of who asked for them', () => {
    const asked = { grantee: aPerson('eve', { manager: 'mia' }), requester: ada, selfApproval: false };
    expect(eligible({ anyOf: [manager] }, asked, max).ok).toBe(false);
    expect(eligible({ anyOf: [manager] }, asked, aPerson('mia')).ok).toBe(true);
  });

  test('a refusal names who may', () => {
    expect(eligible({ anyOf: [owners, manager] }, adas, sam)).toMatchObject({
      reason: "This needs an approval by the group data-owners or the grantee's manager.",
    });
  });
});

describe('nobody approves their own', () => {
  const policy = { anyOf: [owners] };

  test.each([
    [true, true, false, false],
    [true, false, false, false],
    [false, true, false, false],
    [false, false, false, true],
    [true, true, true, true],
    [true, false, true, true],
    [false, true, true, true],
  ])(
    'candidate is grantee: %s, is requester: %s, flow allows it: %s',
    (grantee, requester, selfApproval, expected) => {
      const own = { grantee: grantee ? olga : ada, requester: requester ? olga : ada, selfApproval };
      expect(eligible(policy, own, olga).ok).toBe(expected);
    },
  );

  test('not by another name or address: ids are compared', () => {
    const alias = { ...olga, email: 'Olga@other.example', name: 'Somebody Else' };
    expect(eligible(policy, { grantee: olga, requester: ada, selfApproval: false }, alias).ok).toBe(false);
  });

  test('a flow that allows it still asks for somebody whom it names', () => {
    expect(eligible(policy, { ...adas, selfApproval: true }, ada).ok).toBe(false);
  });
});

describe('it is enough', () => {
  test.each([
    ['any of: nobody yet', { anyOf: [owners, security] }, [], false],
    ['any of: one of the first', { anyOf: [owners, security] }, [olga], true],
    ['any of: one of the second', { anyOf: [owners, security] }, [sam], true],
    ['any of: only somebody not named', { anyOf: [owners, security] }, [max], false],
    ['all of: nobody yet', { allOf: [owners, security] }, [], false],
    ['all of: one of two', { allOf: [owners, security] }, [olga], false],
    ['all of: two for the same', { allOf: [owners, security] }, [olga, otto], false],
    ['all of: one for each', { allOf: [owners, security] }, [olga, sam], true],
    ['all of: one person in both groups', { allOf: [owners, security] }, [both], false],
    ['all of: the same person twice', { allOf: [owners, security] }, [both, both], false],
    ['all of: one in both, another in the first', { allOf: [owners, security] }, [both, olga], true],
    ['all of: the same group twice, one person', { allOf: [owners, owners] }, [olga], false],
    ['all of: the same group twice, two people', { allOf: [owners, owners] }, [olga, otto], true],
    ['all of: somebody who may not counts for nothing', { allOf: [owners, security] }, [olga, ada], false],
  ])('%s', (_, policy, approvers, expected) => {
    expect(progress(policy, adas, approvers).satisfied).toBe(expected);
    expect(progress(policy, adas, approvers.toReversed()).satisfied).toBe(expected);
  });

  test('and says what is filled by whom, and what is missing', () => {
    expect(progress({ allOf: [owners, security] }, adas, [olga])).toEqual({
      satisfied: false,
      filled: [{ selector: owners, by: 'olga' }],
      missing: [security],
    });
    expect(progress({ anyOf: [owners, security] }, adas, []).missing).toEqual([owners, security]);
    expect(progress({ anyOf: [owners, security] }, adas, [olga]).missing).toEqual([]);
  });

  test('an approver who has left the group, or the company, no longer counts', () => {
    const policy = { allOf: [owners, security] };
    expect(progress(policy, adas, [{ ...olga, groups: [] }, sam]).satisfied).toBe(false);
    expect(progress(policy, adas, [{ ...olga, active: false }, sam]).satisfied).toBe(false);
  });
});

test('an approval helps when it fills what is missing, and not when it repeats what is filled', () => {
  const policy = { allOf: [owners, security] };
  expect(helps(policy, adas, [], olga)).toBe(true);
  expect(helps(policy, adas, [olga], otto)).toBe(false);
  expect(helps(policy, adas, [olga], sam)).toBe(true);
  expect(helps(policy, adas, [both], olga)).toBe(true);
  expect(helps(policy, adas, [both], both)).toBe(false);
  expect(helps({ anyOf: [owners] }, adas, [olga], otto)).toBe(false);
});

describe('an approver set that cannot be filled is a refusal', () => {
  test('naming the selector that nobody fills', () => {
    expect(decidable({ allOf: [owners, security] }, adas, [ada, olga])).toMatchObject({
      ok: false,
      reason: 'Nobody can approve this as the group security.',
    });
    expect(decidable({ anyOf: [zoe, manager] }, adas, [ada])).toMatchObject({
      ok: false,
      reason: "Nobody can approve this as zoe or the grantee's manager.",
    });
  });

  test('also when the only one who fills it is the requester', () => {
    expect(decidable({ anyOf: [owners] }, { ...adas, requester: olga }, [ada, olga]).ok).toBe(false);
  });

  test('also when one person would have to fill two', () => {
    expect(decidable({ allOf: [owners, security] }, adas, [both])).toMatchObject({
      ok: false,
      reason: 'There are too few people to approve this: no distinct person is left for the group security.',
    });
  });

  test('and none when the people there can', () => {
    expect(decidable({ allOf: [owners, security] }, adas, [ada, both, olga])).toEqual({ ok: true });
    expect(decidable({ anyOf: [zoe, owners] }, adas, [olga])).toEqual({ ok: true });
  });
});

describe('whatever people and policy there are', () => {
  test('satisfied means what trying every assignment finds', () => {
    fc.assert(
      fc.property(decisions(), ({ policy, parties, approvers }) => {
        const selectors = selectorsOf(policy);
        const may = (selector: Selector, person: Person) =>
          eligible({ anyOf: [selector] }, parties, person).ok;
        const most = mostFilled(selectors, approvers, may);
        const { satisfied, filled, missing } = progress(policy, parties, approvers);
        expect(satisfied).toBe('anyOf' in policy ? most > 0 : most === selectors.length);
        if ('allOf' in policy)
          expect([filled.length, missing.length]).toEqual([most, selectors.length - most]);
        expect(new Set(filled.map(({ by }) => by)).size).toBe(filled.length);
        for (const { selector, by } of filled)
          expect(approvers.some((person) => person.id === by && may(selector, person))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('only who is eligible helps, once, and never after it is enough', () => {
    fc.assert(
      fc.property(decisions(), ({ policy, parties, approvers, candidate }) => {
        if (!helps(policy, parties, approvers, candidate)) return;
        expect(eligible(policy, parties, candidate)).toEqual({ ok: true });
        expect(progress(policy, parties, approvers).satisfied).toBe(false);
        expect(approvers.map(({ id }) => id)).not.toContain(candidate.id);
        expect(helps(policy, parties, [...approvers, candidate], candidate)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('what is decidable is reached by taking whoever helps, in any order, and what is not never is', () => {
    fc.assert(
      fc.property(decisions(), ({ policy, parties, people }) => {
        const approvers: Person[] = [];
        for (const person of people) if (helps(policy, parties, approvers, person)) approvers.push(person);
        expect(progress(policy, parties, approvers).satisfied).toBe(decidable(policy, parties, people).ok);
      }),
      { numRuns: 500 },
    );
  });

  test('nobody decides what is theirs unless the flow allows it', () => {
    fc.assert(
      fc.property(decisions(), ({ policy, parties, candidate }) => {
        const own = [parties.grantee.id, parties.requester.id].includes(candidate.id);
        if (own && !parties.selfApproval) expect(eligible(policy, parties, candidate).ok).toBe(false);
      }),
    );
  });
});

/** The most selectors that distinct people can fill, found by trying everything. */
function mostFilled(
  selectors: readonly Selector[],
  people: readonly Person[],
  may: (selector: Selector, person: Person) => boolean,
): number {
  const [first, ...rest] = selectors;
  if (first === undefined) return 0;
  const taken = people
    .filter((person) => may(first, person))
    .map(
      (person) =>
        1 +
        mostFilled(
          rest,
          people.filter(({ id }) => id !== person.id),
          may,
        ),
    );
  return Math.max(mostFilled(rest, people, may), ...taken);
}
