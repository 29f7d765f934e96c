/** What `npm start` understands behind its name. */
import { describe, expect, test } from 'vitest';
import { readArguments } from '../../local/arguments.ts';

describe('npm start', () => {
  test('runs on this machine alone when nothing is said', () => {
    expect(readArguments([])).toEqual({ aws: false, help: false });
  });

  test('adds an AWS account when asked to', () => {
    expect(readArguments(['--aws'])).toEqual({ aws: true, help: false });
  });

  test.each([['--help'], ['-h']])('explains itself on %s', (option) => {
    expect(readArguments([option]).help).toBe(true);
  });

  test.each([
    [['--asw'], '--asw'],
    [['--aws=yes'], '--aws=yes'],
    [['--aws', 'production'], 'production'],
    [['-x', '--aws'], '-x'],
  ])('refuses %j by name, and shows what there is', (args, wrong) => {
    expect(() => readArguments(args)).toThrow(
      expect.objectContaining({ code: 'Malformed', message: expect.stringContaining(`"${wrong}"`) }),
    );
    expect(() => readArguments(args)).toThrow('add the AWS account of your own credentials');
  });
});
