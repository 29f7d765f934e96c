/** How long a grant may live, and which rule says so. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LifetimeRule } from '../../shared/model/flow.ts';
import { chooseLifetime, resolveLifetime } from '../../shared/rules/lifetime.ts';
import { dimensions, matches } from '../../shared/rules/match-flow.ts';
import { aFlow } from '../support/builders.ts';
import { flows, targets } from './worlds.ts';

const orders = {
  environment: 'production',
  integration: 'orders-db',
  resource: 'orders',
  permission: 'read',
};
const flowWith = (...rules: LifetimeRule[]) => aFlow({ lifetime: { default: 900, max: 3600, rules } });

describe('the lifetime', () => {
  test("is the flow's own when no rule speaks of the entitlement", () => {
    const flow = flowWith({ when: { environment: 'staging' }, max: 60 });
    expect(resolveLifetime(flow, orders)).toEqual({
      defaultSeconds: 900,
      maxSeconds: 3600,
      rule: 'flow:orders-read lifetime',
    });
  });

  test('is that of the most specific rule, longer or shorter', () => {
    const flow = flowWith(
      { when: { environment: 'production' }, max: 60 },
      { when: { resource: 'orders', permission: 'read' }, default: 1000, max: 7200 },
    );
    expect(resolveLifetime(flow, orders)).toEqual({
      defaultSeconds: 1000,
      maxSeconds: 7200,
      rule: 'flow:orders-read lifetime.rules[1]',
    });
  });

  test('is the shorter of two rules as specific as each other, whatever their order', () => {
    const long = { when: { environment: 'production' }, max: 1200 };
    const short = { when: { permission: 'read' }, max: 300 };
    expect(resolveLifetime(flowWith(long, short), orders)).toMatchObject({
      maxSeconds: 300,
      rule: expect.stringContaining('rules[1]'),
    });
    expect(resolveLifetime(flowWith(short, long), orders)).toMatchObject({
      maxSeconds: 300,
      rule: expect.stringContaining('rules[0]'),
    });
  });

  test('is that of the shorter default when the maximum is the same too', () => {
    const flow = flowWith(
      { when: { environment: 'production' }, default: 200, max: 300 },
      { when: { permission: 'read' }, default: 100, max: 300 },
    );
    expect(resolveLifetime(flow, orders)).toMatchObject({ defaultSeconds: 100, maxSeconds: 300 });
  });

  test("never defaults to more than the rule's maximum", () => {
    const flow = flowWith({ when: { permission: 'read' }, max: 60 });
    expect(resolveLifetime(flow, orders)).toMatchObject({ defaultSeconds: 60, maxSeconds: 60 });
  });
});

describe('what was asked for', () => {
  test('is taken when it is no more than the maximum, and the default when nothing was', () => {
    expect(chooseLifetime(aFlow(), orders)).toMatchObject({ ok: true, seconds: 900, maxSeconds: 3600 });
    expect(chooseLifetime(aFlow(), orders, 3600)).toMatchObject({ ok: true, seconds: 3600 });
    expect(chooseLifetime(aFlow(), orders, 1)).toMatchObject({ ok: true, seconds: 1 });
  });

  test('is refused above it, naming the maximum and the rule', () => {
    expect(chooseLifetime(aFlow(), orders, 3601)).toEqual({
      ok: false,
      reason: 'The flow orders-read allows at most 1h here; 3601s was asked for. Ask for less.',
      rule: 'flow:orders-read lifetime',
    });
  });

  test.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('is refused when it is %s', (wanted) => {
    expect(chooseLifetime(aFlow(), orders, wanted).ok).toBe(false);
  });
});

test('whatever the rules are: none that matches is more specific, or as specific and shorter', () => {
  fc.assert(
    fc.property(flows(), targets(), (flow, target) => {
      const resolved = resolveLifetime(flow, target);
      const own = { when: {}, default: flow.lifetime.default, max: flow.lifetime.max };
      const rules = [own, ...flow.lifetime.rules].filter((rule) => matches(rule.when, target));
      const most = Math.max(...rules.map(named));
      const best = rules.filter((rule) => named(rule) === most);
      const maxSeconds = Math.min(...best.map((rule) => rule.max));
      const usual = (rule: LifetimeRule) => rule.default ?? Math.min(flow.lifetime.default, rule.max);
      const defaults = best.filter((rule) => rule.max === maxSeconds).map(usual);
      expect(resolved).toMatchObject({ maxSeconds, defaultSeconds: Math.min(...defaults) });
      expect(ruleNamed(flow.lifetime.rules, resolved.rule) ?? own).toMatchObject({ max: maxSeconds });
    }),
  );
});

test('whatever was asked for: what is chosen is positive and within the maximum, or refused', () => {
  fc.assert(
    fc.property(flows(), targets(), fc.option(fc.integer(), { nil: undefined }), (flow, target, wanted) => {
      const { maxSeconds } = resolveLifetime(flow, target);
      const chosen = chooseLifetime(flow, target, wanted);
      const allowed = wanted === undefined || (wanted >= 1 && wanted <= maxSeconds);
      expect(chosen.ok).toBe(allowed);
      if (chosen.ok)
        expect(chosen.seconds).toSatisfy((seconds: number) => seconds >= 1 && seconds <= maxSeconds);
    }),
  );
});

/** How many dimensions a rule names. */
function named(rule: LifetimeRule): number {
  return dimensions.filter((dimension) => dimension in rule.when).length;
}

function ruleNamed(rules: LifetimeRule[], name: string): LifetimeRule | undefined {
  const index = /rules\[(\d+)\]$/.exec(name)?.[1];
  return index === undefined ? undefined : rules[Number(index)];
}
