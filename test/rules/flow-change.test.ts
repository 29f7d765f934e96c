/** What a changed flow does to one open grant: by table, and that it never makes anything longer. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Flow } from '../../shared/model/flow.ts';
import { type Grant, GrantStatus } from '../../shared/model/grant.ts';
import { toMs } from '../../shared/model/time.ts';
import { flowChange, type PresentFlow, shortened } from '../../shared/rules/flow-change.ts';
import { aFlow, aGrant, aPerson, at, noon, theSystem } from '../support/builders.ts';
import { flows } from './worlds.ts';

const ada = aPerson('ada', { groups: ['engineers'] });
const now = noon + 100_000;

/** Version 2 of the flow that the grants were made with version 1 of. */
function changed(with_: Partial<Flow>, more: Partial<PresentFlow> = {}): PresentFlow {
  return { flow: aFlow(with_), version: 2, removed: false, ...more };
}

const tenMinutes = { default: 60, max: 600, rules: [] };
const longEnough = { default: 60, max: 900, rules: [] };
/** Active from second 1 to 901. */
const active = aGrant('active');

describe('a flow that keeps', () => {
  test.each([
    ['a shorter maximum', changed({ lifetime: tenMinutes })],
    ['other requesters', changed({ requesters: [{ group: 'security' }] })],
    ['other entitlements', changed({ entitlements: [{ integration: 'users-db' }] })],
    ['having left the configuration', changed({}, { removed: true })],
  ])('keeps an active grant whatever changed: %s', (_, present) => {
    expect(flowChange(active, present, ada, now)).toEqual({
      action: 'keep',
      why: 'The flow orders-read keeps open grants as they were granted.',
    });
  });

  test('is what a flow does that was stored before it could say so', () => {
    const { onChange: _, ...old } = aFlow({ lifetime: tenMinutes });
    const present = changed({}, { flow: old as Flow });
    expect(flowChange(active, present, ada, now)).toMatchObject({ action: 'keep' });
  });
});

describe('a flow that shortens', () => {
  const shortens = (with_: Partial<Flow>) => changed({ onChange: 'shorten', ...with_ });

  test('ends at the new maximum, counted from activation, and by the rule that set it', () => {
    expect(flowChange(active, shortens({ lifetime: tenMinutes }), ada, now)).toEqual({
      action: 'shorten',
      why: 'The flow orders-read allows 10m now.',
      maxSeconds: 600,
      rule: 'flow:orders-read lifetime',
      endsThen: at(601),
    });
  });

  test('names the same end whenever it is asked, also when that has passed', () => {
    const present = shortens({ lifetime: tenMinutes });
    const ends = [100, 600, 602, 900].map((s) => flowChange(active, present, ada, noon + s * 1000));
    expect(ends.map((change) => change?.action === 'shorten' && change.endsThen)).toEqual(
      ends.map(() => at(601)),
    );
  });

  test('goes by the lifetime rule for this entitlement', () => {
    const rules = [{ when: { permission: 'read' }, max: 300 }];
    const lifetime = { default: 60, max: 3600, rules };
    expect(flowChange(active, shortens({ lifetime }), ada, now)).toMatchObject({
      action: 'shorten',
      maxSeconds: 300,
      rule: 'flow:orders-read lifetime.rules[0]',
    });
  });

  test('keeps what ends within the maximum, to the second', () => {
    expect(flowChange(active, shortens({ lifetime: longEnough }), ada, now)).toMatchObject({
      action: 'keep',
    });
    const longer = aGrant('active', { expiresAt: at(901.001) });
    expect(flowChange(longer, shortens({ lifetime: longEnough }), ada, now)).toMatchObject({
      action: 'shorten',
    });
  });

  test('ends nothing because of who may ask for what', () => {
    const stricter = { requesters: [], entitlements: [{ integration: 'users-db' }] };
    expect(flowChange(active, shortens(stricter), undefined, now)).toMatchObject({ action: 'keep' });
  });

  test('that left the configuration goes by its last maximum', () => {
    const gone = changed({ onChange: 'shorten', lifetime: tenMinutes }, { removed: true });
    expect(flowChange(active, gone, ada, now)).toMatchObject({ action: 'shorten', endsThen: at(601) });
  });

  test.each(['pending', 'approved'] as const)('leaves what is %s to its activation', (status) => {
    expect(flowChange(aGrant(status), shortens({ lifetime: tenMinutes }), ada, now)).toEqual({
      action: 'keep',
      why: 'It is not active yet; the maximum of 10m holds when it becomes so.',
    });
  });

  test('also what is being granted, whose end is not known yet', () => {
    const change = flowChange(aGrant('granting'), shortens({ lifetime: tenMinutes }), ada, now);
    expect(change).toMatchObject({ action: 'shorten', maxSeconds: 600 });
    expect(change).not.toHaveProperty('endsThen');
    expect(flowChange(aGrant('granting'), shortens({ lifetime: longEnough }), ada, now)).toMatchObject({
      action: 'keep',
    });
  });
});

describe('a flow that revokes', () => {
  const revokes = (with_: Partial<Flow>, more?: Partial<PresentFlow>) =>
    changed({ onChange: 'revoke', ...with_ }, more);

  test.each([
    [
      'whose grantee may not ask any more',
      revokes({ requesters: [{ group: 'security' }] }),
      ada,
      'not among',
    ],
    ['that it does not cover any more', revokes({ entitlements: [{ integration: 'x' }] }), ada, 'not cover'],
    ['when it has left the configuration', revokes({}, { removed: true }), ada, 'left the configuration'],
    ['whose grantee is in no directory', revokes({}), undefined, 'not in the directory'],
    ['whose grantee is not active', revokes({}), aPerson('ada', { active: false }), 'not active'],
  ])('ends a grant %s', (_, present, grantee, why) => {
    for (const status of ['pending', 'approved', 'granting', 'active'] as const)
      expect(flowChange(aGrant(status), present, grantee, now)).toEqual({
        action: 'revoke',
        why: expect.stringContaining(why),
      });
  });

  test('shortens what it would still give, but not for so long', () => {
    const present = revokes({ requesters: [{ group: 'engineers' }], lifetime: tenMinutes });
    expect(flowChange(active, present, ada, now)).toMatchObject({ action: 'shorten', endsThen: at(601) });
  });

  test('keeps what it would give again, whatever it asks of approvers and reasons now', () => {
    const approval = { anyOf: [{ group: 'security' }] };
    const stricter = { approval, reason: { pattern: '^INC-', hint: 'an incident' } };
    expect(flowChange(active, revokes(stricter), ada, now)).toMatchObject({ action: 'keep' });
  });
});

describe('no change of a flow concerns a grant', () => {
  const strict = changed({ onChange: 'revoke', requesters: [], lifetime: tenMinutes });

  test('of its present version', () => {
    expect(flowChange(active, { ...strict, version: 1 }, ada, now)).toBeUndefined();
  });

  test.each(GrantStatus.options.filter((s) => !['pending', 'approved', 'granting', 'active'].includes(s)))(
    'that is %s',
    (status) => {
      expect(flowChange(aGrant(status), strict, ada, now)).toBeUndefined();
    },
  );

  test('that somebody wants ended, or whose end has come', () => {
    const wanted = { cause: 'panic', by: theSystem('panic'), reason: '', at: at(5) } as const;
    expect(flowChange(aGrant('active', { wanted }), strict, ada, now)).toBeUndefined();
    expect(flowChange(aGrant('granting', { wanted }), strict, ada, now)).toBeUndefined();
    expect(flowChange(active, strict, ada, noon + 901_000)).toBeUndefined();
  });
});

describe('whatever a flow became', () => {
  const facts = fc.record({
    flow: flows(),
    onChange: fc.constantFrom('keep', 'shorten', 'revoke') satisfies fc.Arbitrary<Flow['onChange']>,
    removed: fc.boolean(),
    lifetimeSeconds: fc.integer({ min: 1, max: 9000 }),
    extendedSeconds: fc.integer({ min: 0, max: 9000 }),
    ageSeconds: fc.integer({ min: 0, max: 20_000 }),
  });

  test('no grant gets longer, its end is not before now, and what it has agrees with its maximum', () => {
    fc.assert(
      fc.property(facts, ({ flow, onChange, removed, lifetimeSeconds, extendedSeconds, ageSeconds }) => {
        const lives = lifetimeSeconds + extendedSeconds;
        const grant = aGrant('active', {
          lifetimeSeconds,
          extendedSeconds,
          maxSeconds: 18_000,
          expiresAt: at(1 + lives),
        });
        const nowMs = noon + 1000 + ageSeconds * 1000;
        const present = { flow: { ...flow, onChange }, version: 2, removed };
        const change = flowChange(grant, present, ada, nowMs);
        if (change?.action === 'keep' || change === undefined) return;
        expect(onChange).not.toBe('keep');
        if (change.action === 'revoke') expect(onChange).toBe('revoke');
        if (change.action !== 'shorten') return;
        const after = { ...grant, ...shortened(grant, change, nowMs) } as typeof grant;
        expect(toMs(after.expiresAt)).toBeLessThanOrEqual(toMs(grant.expiresAt));
        expect(toMs(after.expiresAt)).toBeGreaterThanOrEqual(Math.min(nowMs, toMs(grant.expiresAt)));
        expect(after.lifetimeSeconds + after.extendedSeconds).toBe(change.maxSeconds);
        expect(after.maxSeconds).toBe(change.maxSeconds);
        // Done once, it is not to be done again.
        expect(flowChange(after, present, ada, nowMs)?.action).not.toBe('shorten');
      }),
    );
  });

  test('shortening what is being granted leaves a grant that can be granted', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9000 }),
        fc.integer({ min: 1, max: 9000 }),
        (lives, maxSeconds) => {
          const grant = aGrant('granting', { lifetimeSeconds: lives, maxSeconds: 9000 });
          const after = { ...grant, ...shortened(grant, { maxSeconds, rule: 'r' }, now) } as Grant;
          expect(after.lifetimeSeconds).toBe(Math.min(lives, maxSeconds));
          expect(after.maxSeconds).toBe(maxSeconds);
          expect(after).not.toHaveProperty('expiresAt');
        },
      ),
    );
  });
});
