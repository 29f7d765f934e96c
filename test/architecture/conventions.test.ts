/** The rules of style that a parser can check hold for every file, and each of them can fail. */
import { describe, expect, test } from 'vitest';
import { conventionFaults } from './conventions.ts';
import { allSources, parseSource } from './source.ts';

test('every file keeps the rules', () => {
  expect(allSources().flatMap(conventionFaults)).toEqual([]);
});

describe('a file is refused', () => {
  test.each([
    ['that asks the machine for the time', 'const now = Date.now();'],
    ['that asks it for the date', 'const now = new Date();'],
    ['that makes ids by chance', `import { randomUUID } from 'node:crypto';`],
    ['that makes them by the global', 'const id = crypto.randomUUID();'],
    ['that reads the environment', 'const home = process.env.HOME;'],
    ['that imports it', `import { env } from 'node:process';`],
    ['that imports zod by name', `import { z } from 'zod';`],
    ['that imports zod as its default', `import z from 'zod';`],
    ['that only exports what others export', `export * from './a.ts';`],
    ['that only exports what others export, by name', `import { a } from './a.ts'; export { a };`],
  ])('%s', (_, text) => {
    expect(faults('shared/usecases/a.ts', `/** Does something. */\n${text}`)).toHaveLength(1);
  });

  test('that does not open with a comment', () => {
    expect(faults('shared/usecases/a.ts', 'const a = 1; // one\n')).toHaveLength(1);
    expect(faults('shared/usecases/a.ts', 'const a = 1;\n')).toHaveLength(1);
    expect(faults('bin/a.js', '#!/usr/bin/env node\nconst a = 1;\n')).toHaveLength(1);
  });

  test('of more than 250 lines, and a handler of more than 40', () => {
    expect(faults('shared/usecases/a.ts', ofLines(250))).toEqual([]);
    expect(faults('shared/usecases/a.ts', ofLines(251))).toHaveLength(1);
    expect(faults('functions/a/handler.ts', ofLines(40))).toEqual([]);
    expect(faults('functions/a/handler.ts', ofLines(41))).toHaveLength(1);
  });
});

describe('a file is allowed', () => {
  test.each([
    ['to count with a date it was given', 'const a = new Date(now);'],
    ['to speak of it', `const a = 'Date.now()'; // new Date() and process.env`],
    [
      'to import zod whole, or its types',
      `import * as z from 'zod'; import type { ZodType } from 'zod'; z.string();`,
    ],
    ['to export again beside what it has of its own', `export * from './a.ts'; export const b = 1;`],
  ])('%s', (_, text) => {
    expect(faults('shared/usecases/a.ts', `/** Does something. */\n${text}`)).toEqual([]);
  });

  test.each(['local/a.ts', 'cli/a.ts', 'bench/a.ts', 'test/a.ts', 'bin/a.js', 'functions/api/env.ts'])(
    'in %s to meet time, chance and the environment',
    (file) => {
      const text = 'const a = [Date.now(), new Date(), crypto.randomUUID(), process.env.HOME];';
      expect(faults(file, `/** Does something. */\n${text}`)).toEqual([]);
    },
  );

  test('to begin with the line that names its interpreter', () => {
    expect(faults('bin/a.js', '#!/usr/bin/env node\n/** Launches. */\nconst a = 1;\n')).toEqual([]);
  });
});

function faults(file: string, text: string): string[] {
  return conventionFaults(parseSource(file, text));
}

function ofLines(count: number): string {
  return `/** Long. */\n${'a = 1;\n'.repeat(count - 1)}`;
}
