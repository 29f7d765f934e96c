/** Which flow a request follows. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { covers, matchFlow, mayRequest } from '../../shared/rules/match-flow.ts';
import { aFlow, aPerson } from '../support/builders.ts';
import { directories, flows, targets } from './worlds.ts';

const orders = {
  environment: 'production',
  integration: 'orders-db',
  resource: 'orders',
  permission: 'read',
};
const approval = { anyOf: [{ group: 'data-owners' }] };

describe('a flow covers an entitlement', () => {
  test('when one of its matches agrees in every dimension that it names', () => {
    expect(covers(aFlow({ entitlements: [{}] }), orders)).toBe(true);
    expect(covers(aFlow({ entitlements: [{ permission: 'write' }, { resource: 'orders' }] }), orders)).toBe(
      true,
    );
    expect(covers(aFlow({ entitlements: [{ resource: 'orders', permission: 'write' }] }), orders)).toBe(
      false,
    );
  });

  test.each(['environment', 'integration', 'resource', 'permission'] as const)(
    'only in the %s it names',
    (dimension) => {
      const flow = aFlow({ entitlements: [{ [dimension]: orders[dimension] }] });
      expect(covers(flow, orders)).toBe(true);
      expect(covers(flow, { ...orders, [dimension]: 'other' })).toBe(false);
    },
  );
});

describe('a person may ask by a flow', () => {
  const flow = aFlow({ requesters: [{ group: 'engineers' }, { person: 'zoe' }] });

  test('named, or in a group named, or when the flow names nobody', () => {
    expect(mayRequest(flow, aPerson('ada', { groups: ['engineers'] }))).toEqual({ ok: true });
    expect(mayRequest(flow, aPerson('zoe'))).toEqual({ ok: true });
    expect(mayRequest(aFlow(), aPerson('ada'))).toEqual({ ok: true });
  });

  test('and is told who may otherwise, by which rule', () => {
    expect(mayRequest(flow, aPerson('ada', { groups: ['security'] }))).toEqual({
      ok: false,
      reason: 'The flow orders-read is for the group engineers, zoe; Ada is not among them.',
      rule: 'flow:orders-read requesters',
    });
  });

  test('not by a flow for nobody, and never when not active', () => {
    expect(mayRequest(aFlow({ requesters: [] }), aPerson('ada')).ok).toBe(false);
    expect(mayRequest(aFlow(), aPerson('ada', { active: false })).ok).toBe(false);
  });
});

describe('of several flows', () => {
  const ada = aPerson('ada');
  const asked = aFlow({ id: 'asked', approval });
  const askedToo = aFlow({ id: 'asked-too', approval });
  const automatic = aFlow({ id: 'automatic' });
  const others = aFlow({ id: 'others', requesters: [{ group: 'security' }] });

  test('the one named wins', () => {
    expect(matchFlow([automatic, asked], ada, orders, 'asked')).toEqual({ ok: true, flow: asked });
  });

  test('else the first automatic one', () => {
    expect(matchFlow([asked, automatic, aFlow({ id: 'later' })], ada, orders)).toEqual({
      ok: true,
      flow: automatic,
    });
  });

  test('else the first in the order of the configuration', () => {
    expect(matchFlow([asked, askedToo], ada, orders)).toEqual({ ok: true, flow: asked });
  });

  test('those for other people are passed over, automatic or not', () => {
    expect(matchFlow([others, asked], ada, orders)).toEqual({ ok: true, flow: asked });
  });

  test('a refusal says what was considered, and speaks of the flow that covers it', () => {
    const elsewhere = aFlow({ id: 'elsewhere', entitlements: [{ integration: 'users-db' }] });
    const reason = 'The flow others is for the group security; Ada is not among them.';
    expect(matchFlow([elsewhere, others], ada, orders)).toEqual({
      ok: false,
      reason,
      considered: [
        { flow: 'elsewhere', reason: 'The flow elsewhere does not cover orders-db/orders/read.' },
        { flow: 'others', reason },
      ],
    });
  });

  test('a refusal points to the catalog when no flow covers it, and to the list when there is none of the name', () => {
    expect(matchFlow([], ada, orders)).toMatchObject({ ok: false, reason: expect.stringMatching('catalog') });
    expect(matchFlow([automatic], ada, orders, 'nope')).toMatchObject({
      ok: false,
      reason: expect.stringMatching('no flow nope'),
    });
  });

  test('naming a flow never opens one that is for others, or for something else', () => {
    expect(matchFlow([others, automatic], ada, orders, 'others').ok).toBe(false);
    const elsewhere = aFlow({ id: 'elsewhere', entitlements: [{ integration: 'users-db' }] });
    expect(matchFlow([elsewhere, automatic], ada, orders, 'elsewhere').ok).toBe(false);
  });
});

test('whatever the flows are: a match is one that covers it and may be asked by; a refusal means there is none', () => {
  const several = fc.tuple(flows('a'), flows('b'), flows('c'));
  fc.assert(
    fc.property(
      several,
      directories(),
      targets(),
      fc.constantFrom(undefined, 'a', 'b', 'z'),
      (all, people, target, named) => {
        for (const person of people) {
          const good = all.filter(
            (flow) => covers(flow, target) && mayRequest(flow, person).ok && (named ?? flow.id) === flow.id,
          );
          const match = matchFlow(all, person, target, named);
          expect(match.ok).toBe(good.length > 0);
          if (match.ok) expect(match.flow).toBe(good.find((flow) => !flow.approval) ?? good[0]);
          else expect(match.reason).not.toBe('');
        }
      },
    ),
  );
});
