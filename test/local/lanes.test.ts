/** The lanes of a target: how many at once, who goes first, and what never has to wait for what. */
import { describe, expect, it } from 'vitest';
import { createLanes } from '../../local/lanes.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

/** Enters again and again; says who is in, in the order in which they came in. */
function createCrowd(most: number) {
  const clock = createVirtualClock();
  const lanes = createLanes(clock, most);
  const inside: string[] = [];
  const leave = new Map<string, () => void>();
  const refused: string[] = [];
  return {
    clock,
    inside,
    refused,
    async come(name: string, urgent: boolean, target = 'db') {
      const came = lanes.enter(target, urgent).then((out) => inside.push(name) && leave.set(name, out));
      came.catch((error: Error) => refused.push(`${name} ${error.name}`));
      await clock.advance(0);
    },
    async go(name: string) {
      inside.splice(inside.indexOf(name), 1);
      leave.get(name)?.();
      await clock.advance(0);
    },
  };
}

describe('the lanes of a target', () => {
  it('let in what ends access although as much as may begin is inside', async () => {
    const crowd = createCrowd(4);
    for (const name of ['a', 'b', 'c']) await crowd.come(name, false);
    expect(crowd.inside).toEqual(['a', 'b']);
    await crowd.come('end', true);
    expect(crowd.inside).toEqual(['a', 'b', 'end']);
  });

  it('never hold more than they have', async () => {
    const crowd = createCrowd(4);
    for (let i = 0; i < 9; i++) await crowd.come(`end ${i}`, true);
    expect(crowd.inside).toHaveLength(4);
    await crowd.go('end 0');
    expect(crowd.inside).toEqual(['end 1', 'end 2', 'end 3', 'end 4']);
  });

  it('let endings go first, and each kind in the order it came', async () => {
    const crowd = createCrowd(3);
    for (const name of ['end 1', 'end 2', 'end 3']) await crowd.come(name, true);
    await crowd.come('begin 1', false);
    await crowd.come('end 4', true);
    await crowd.come('begin 2', false);
    await crowd.go('end 1');
    expect(crowd.inside.at(-1)).toBe('end 4');
    await crowd.go('end 2');
    expect(crowd.inside.at(-1)).toBe('begin 1');
    await crowd.go('end 3');
    expect(crowd.inside).toEqual(['end 4', 'begin 1']);
    await crowd.go('begin 1');
    expect(crowd.inside).toEqual(['end 4', 'begin 2']);
  });

  it('keep targets apart', async () => {
    const crowd = createCrowd(3);
    for (const name of ['a', 'b', 'c', 'd']) await crowd.come(name, true);
    await crowd.come('other', true, 'other-db');
    expect(crowd.inside).toEqual(['a', 'b', 'c', 'other']);
  });

  it('refuse after a minute what found no place, and forget it', async () => {
    const crowd = createCrowd(3);
    for (const name of ['a', 'b', 'c', 'late', 'later']) await crowd.come(name, true);
    await crowd.clock.advance(59);
    expect(crowd.refused).toEqual([]);
    await crowd.clock.advance(1);
    expect(crowd.refused).toEqual(['late Throttled', 'later Throttled']);
    await crowd.come('next', true);
    await crowd.go('a');
    expect(crowd.inside).toEqual(['b', 'c', 'next']);
  });
});
