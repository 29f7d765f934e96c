/** Keys: what must sort does, what must differ does, and shards are stable and even. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dueShards, keys, selectorKey, shardOf } from '../../shared/model/keys.ts';

test("a grant's events sort in their order", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 99_999 }), (seq) => {
      expect(keys.event('g1', seq).sk < keys.event('g1', seq + 1).sk).toBe(true);
    }),
  );
});

test('the items of one grant share its partition and never a key', () => {
  const items = [
    keys.grant('g1'),
    keys.token('g1'),
    keys.event('g1', 1),
    keys.decision('g1', 'ada'),
    keys.waiting('g1', 'person:ada'),
  ];
  expect(new Set(items.map(({ pk }) => pk)).size).toBe(1);
  expect(new Set(items.map(({ sk }) => sk)).size).toBe(items.length);
});

describe('a shard', () => {
  test('is the same each time, and one of those there are', () => {
    fc.assert(
      fc.property(fc.string(), (id) => {
        expect(shardOf(id)).toBe(shardOf(id));
        expect(shardOf(id)).toSatisfy(
          (shard: number) => Number.isInteger(shard) && shard >= 0 && shard < dueShards,
        );
      }),
    );
  });

  test('takes its part of many ids that differ only at their end', () => {
    const counts = Array.from({ length: dueShards }, () => 0);
    for (let i = 0; i < 8000; i++) {
      const shard = shardOf(`01kd3v9x7q${i.toString(32).padStart(16, '0')}`);
      counts[shard] = (counts[shard] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(800);
  });
});

test('a pending decision lies in the inbox of whom the selector names; a manager is named by whose they are', () => {
  expect(selectorKey({ person: 'max' }, 'ada')).toBe('person:max');
  expect(selectorKey({ group: 'owners' }, 'ada')).toBe('group:owners');
  expect(selectorKey({ manager: true }, 'ada')).toBe('manager-of:ada');
});
