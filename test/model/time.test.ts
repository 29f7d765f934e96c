/** Durations and instants. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Duration,
  formatDuration,
  Instant,
  longestSeconds,
  parseDuration,
  secondsUntil,
  toInstant,
  toMs,
} from '../../shared/model/time.ts';

describe('a duration', () => {
  test.each([
    ['1s', 1],
    ['90s', 90],
    ['45m', 2700],
    ['8h', 28_800],
    ['30d', 2_592_000],
    ['364d', longestSeconds],
  ])('%s is %i seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
    expect(Duration.parse(text)).toBe(seconds);
  });

  test.each([
    '',
    '0s',
    '-1s',
    '+1s',
    '1',
    's',
    '1.5h',
    '1e3s',
    '01m',
    ' 1m',
    '1m ',
    '1M',
    '1w',
    '365d',
    '999999999d',
    '9'.repeat(400),
    '١m',
  ])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
    expect(Duration.safeParse(text).success).toBe(false);
  });

  test('is written in the largest unit that needs no fraction, and read back the same', () => {
    expect(formatDuration(5400)).toBe('90m');
    expect(formatDuration(86_400)).toBe('1d');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: longestSeconds }), (seconds) => {
        expect(parseDuration(formatDuration(seconds))).toBe(seconds);
      }),
    );
  });
});

describe('an instant', () => {
  const times = fc.integer({ min: 0, max: Date.UTC(2100, 0) });

  test('keeps its milliseconds', () => {
    expect(toInstant(Date.UTC(2026, 10, 24, 12))).toBe('2026-11-24T12:00:00.000Z');
    fc.assert(
      fc.property(times, (ms) => {
        expect(toMs(toInstant(ms))).toBe(ms);
        expect(Instant.safeParse(toInstant(ms)).success).toBe(true);
      }),
    );
  });

  test('sorts as text the way it does as a number: keys rely on it', () => {
    fc.assert(
      fc.property(times, times, (one, other) => {
        expect(toInstant(one) < toInstant(other)).toBe(one < other);
      }),
    );
  });

  test.each([
    '2026-11-24',
    '2026-11-24T12:00:00Z',
    '2026-11-24T12:00:00.000+01:00',
    '2026-13-24T12:00:00.000Z',
    'now',
  ])('is not %j', (text) => {
    expect(Instant.safeParse(text).success).toBe(false);
  });
});

describe('the seconds until an instant', () => {
  const noon = Date.UTC(2026, 10, 24, 12);

  test('are rounded up, so that no timer fires early, and never negative', () => {
    expect(secondsUntil(toInstant(noon + 1), noon)).toBe(1);
    expect(secondsUntil(toInstant(noon + 1000), noon)).toBe(1);
    expect(secondsUntil(toInstant(noon), noon)).toBe(0);
    expect(secondsUntil(toInstant(noon - 5000), noon)).toBe(0);
  });

  test('never end before it, nor a second after', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 10 }), (ahead) => {
        const late = secondsUntil(toInstant(noon + ahead), noon) * 1000 - ahead;
        expect(late).toBeGreaterThanOrEqual(0);
        expect(late).toBeLessThan(1000);
      }),
    );
  });
});
