/** Ids: sortable by time, never twice, fit for every key and name. */
import { describe, expect, it } from 'vitest';
import { createIds } from '../../shared/aws/ids.ts';

describe('ids', () => {
  it('are 26 lower-case letters and digits', () => {
    expect(createIds({ now: () => 1_800_000_000_000 }).next()).toMatch(/^[a-z0-9]{26}$/);
  });

  it('sort in the order they were made, also within a millisecond', () => {
    const ids = createIds({ now: () => 1_800_000_000_000 });
    const made = Array.from({ length: 1000 }, () => ids.next());
    expect(made.toSorted()).toEqual(made);
    expect(new Set(made).size).toBe(1000);
  });

  it('do not go back when the clock does', () => {
    let now = 1_800_000_000_000;
    const ids = createIds({ now: () => now });
    const before = ids.next();
    now -= 60_000;
    expect(ids.next() > before).toBe(true);
  });
});
