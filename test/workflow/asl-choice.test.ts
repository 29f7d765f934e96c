/** The interpreter's Choice: which rule holds. */
import { describe, expect, it } from 'vitest';
import { createWorld, record, task } from './asl-world.ts';

const choosing = (rule: Record<string, unknown>) => ({
  Route: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' },
  Yes: record,
  No: task(),
});
const status = (value: string) => ({ Variable: '$.status', StringEquals: value });
const present = { Variable: '$.ghost', IsPresent: true };
const more = (than: number) => ({ Variable: '$.waitSeconds', NumericGreaterThan: than });

describe('a Choice', () => {
  it.each([
    ['a text that is equal', status('approved'), 'Yes'],
    ['a text that differs', status('pending'), 'No'],
    ['a text compared with a number', { Variable: '$.waitSeconds', StringEquals: '60' }, 'No'],
    ['a number that is greater', more(59), 'Yes'],
    ['a number that is equal', more(60), 'No'],
    ['a number compared with a text', { Variable: '$.status', NumericGreaterThan: 0 }, 'No'],
    ['a text that looks like a greater number', { Variable: '$.text', NumericGreaterThan: 0 }, 'No'],
    ['a field that is missing', present, 'No'],
    ['a field that is asked to be missing', { Variable: '$.ghost', IsPresent: false }, 'Yes'],
    ['a field that is null', { Variable: '$.nothing', IsPresent: true }, 'Yes'],
    ['Not', { Not: present }, 'Yes'],
    ['And, all true', { And: [status('approved'), more(0)] }, 'Yes'],
    ['And, one false', { And: [status('approved'), more(99)] }, 'No'],
    ['Or, one true', { Or: [present, more(0)] }, 'Yes'],
    ['Or, none true', { Or: [present, more(99)] }, 'No'],
    [
      'And that stops before a field that is missing',
      { And: [present, { Variable: '$.ghost', StringEquals: 'x' }] },
      'No',
    ],
  ])('decides on %s', async (_what, rule, expected) => {
    const world = createWorld(choosing(rule));
    await world.start('g1', { nothing: null, text: '99' });
    expect(world.visited).toEqual(['0 Route', `0 ${expected}`]);
  });

  it('fails the execution where it compares a field that is not there', async () => {
    const world = createWorld(choosing({ Variable: '$.ghost', StringEquals: 'x' }));
    await world.start();
    expect(world.failures[0]?.error.name).toBe('States.Runtime');
  });

  it('fails the execution where nothing fits and there is no default', async () => {
    const choices = [{ ...status('pending'), Next: 'Yes' }];
    const world = createWorld({ Route: { Type: 'Choice', Choices: choices }, Yes: record });
    await world.start();
    expect(world.failures[0]?.error.name).toBe('States.NoChoiceMatched');
  });
});
