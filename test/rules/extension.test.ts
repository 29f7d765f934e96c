/** May an active grant be made longer, and until when? */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toInstant, toMs } from '../../shared/model/time.ts';
import { mayExtend } from '../../shared/rules/extension.ts';
import { aGrant, at, noon, theSystem } from '../support/builders.ts';

/** Active from second 1 to 901, at most 3600 s in all. */
const grant = aGrant('active');
const later = (seconds: number) => noon + seconds * 1000;

describe('an extension', () => {
  test('moves the end by what was asked, counted from the old end', () => {
    expect(mayExtend(grant, 600, later(10))).toEqual({ ok: true, expiresAt: at(1501) });
  });

  test('goes up to the longest duration, counted from activation, and no second beyond', () => {
    expect(mayExtend(grant, 2700, later(10))).toEqual({ ok: true, expiresAt: at(3601) });
    expect(mayExtend(grant, 2701, later(10))).toEqual({
      ok: false,
      code: 'Refused',
      reason: 'At most 45m can be added to this grant without asking again. Make a new request for more.',
      rule: 'flow:orders-read lifetime',
    });
  });

  test('is counted in whole seconds, and never rounded past the longest duration', () => {
    const odd = aGrant('active', { expiresAt: at(900.5) });
    expect(mayExtend(odd, 2701, later(10)).ok).toBe(false);
    expect(mayExtend(odd, 2700, later(10))).toEqual({ ok: true, expiresAt: at(3600.5) });
  });

  test('of an approved flow goes up to what may be added without approval, in all', () => {
    const approved = aGrant('active', { extendableSeconds: 300, extendedSeconds: 200 });
    expect(mayExtend(approved, 100, later(10))).toEqual({ ok: true, expiresAt: at(1001) });
    expect(mayExtend(approved, 101, later(10))).toMatchObject({
      code: 'Refused',
      reason: expect.stringContaining('At most 100s can'),
      rule: 'flow:orders-read extendWithoutApproval',
    });
  });

  test('is refused by the tighter of the two', () => {
    const full = aGrant('active', { maxSeconds: 900, extendableSeconds: 300 });
    expect(mayExtend(full, 1, later(10))).toMatchObject({
      reason: expect.stringContaining('Nothing can'),
      rule: 'flow:orders-read lifetime',
    });
  });

  test('comes too late when less than the cutoff is left', () => {
    expect(mayExtend(grant, 60, later(871)).ok).toBe(true);
    expect(mayExtend(grant, 60, later(871) + 1)).toMatchObject({
      code: 'StateConflict',
      reason: expect.stringContaining('Less than 30s is left'),
      rule: 'flow:orders-read extendCutoff',
    });
  });

  test('comes too late at the end, also without a cutoff', () => {
    const eager = aGrant('active', { extendCutoffSeconds: 0 });
    expect(mayExtend(eager, 60, later(901) - 1).ok).toBe(true);
    expect(mayExtend(eager, 60, later(901))).toMatchObject({ ok: false, code: 'StateConflict' });
  });

  test('is refused while somebody wants the grant ended', () => {
    const wanted = { cause: 'panic', by: theSystem('panic'), reason: '', at: at(5) } as const;
    expect(mayExtend(aGrant('active', { wanted }), 60, later(10))).toMatchObject({ code: 'StateConflict' });
  });

  test.each([0, -60, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('by %s seconds is refused', (seconds) => {
    expect(mayExtend(grant, seconds, later(10))).toMatchObject({ ok: false, code: 'Refused' });
  });
});

test('whatever is asked, in whatever order: no series of extensions passes the maximum or the allowance', () => {
  const facts = fc.record({
    lifetimeSeconds: fc.integer({ min: 1, max: 2000 }),
    spareSeconds: fc.integer({ min: 0, max: 2000 }),
    extendableSeconds: fc.integer({ min: 0, max: 4000 }),
    extendCutoffSeconds: fc.integer({ min: 0, max: 60 }),
    asked: fc.array(fc.record({ add: fc.integer({ min: -10, max: 1500 }), afterMs: fc.nat(400_000) })),
  });
  fc.assert(
    fc.property(facts, ({ lifetimeSeconds, spareSeconds, asked, ...rest }) => {
      const maxSeconds = lifetimeSeconds + spareSeconds;
      const expiresAt = at(1 + lifetimeSeconds);
      let held = aGrant('active', { ...rest, lifetimeSeconds, maxSeconds, expiresAt });
      let now = later(1);
      for (const { add, afterMs } of asked) {
        now += afterMs;
        const answer = mayExtend(held, add, now);
        if (!answer.ok) continue;
        expect(toMs(answer.expiresAt) - toMs(held.expiresAt)).toBe(add * 1000);
        expect(toMs(held.expiresAt)).toBeGreaterThan(now);
        held = { ...held, expiresAt: answer.expiresAt, extendedSeconds: held.extendedSeconds + add };
      }
      expect(toMs(held.expiresAt)).toBeLessThanOrEqual(toMs(held.activatedAt) + maxSeconds * 1000);
      expect(held.extendedSeconds).toBeLessThanOrEqual(rest.extendableSeconds);
    }),
  );
});

test('what a refusal says may be added can be added, and not one second more', () => {
  fc.assert(
    fc.property(fc.integer({ min: 900, max: 2000 }), fc.nat(2000), (maxSeconds, extendableSeconds) => {
      const held = aGrant('active', { maxSeconds, extendableSeconds });
      const most = Math.min(maxSeconds - 900, extendableSeconds);
      expect(mayExtend(held, most + 1, later(10)).ok).toBe(false);
      if (most > 0)
        expect(mayExtend(held, most, later(10))).toEqual({
          ok: true,
          expiresAt: toInstant(toMs(held.expiresAt) + most * 1000),
        });
    }),
  );
});
