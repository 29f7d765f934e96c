/** The tools are those the project names: Node 24, and a linter that counts the lines of functions. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import config from '../../vitest.config.ts';
import { filesOf } from './source.ts';

interface UserProject {
  test: { include: string[] };
}

const projects = (config.test?.projects ?? []).map((project) => (project as UserProject).test.include);
const root = path.resolve(import.meta.dirname, '../..');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'curfew-lint-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('the tests run on Node 24, whatever the machine has', () => {
  expect(process.version).toMatch(/^v24\./);
});

test('every test file belongs to a project, or it would never run; and to one only, but for the suite of several targets', () => {
  const covered = projects.flatMap((include) => filesOf(...include)).toSorted();
  expect([...new Set(covered)]).toEqual(filesOf('**/*.test.ts'));
  const twice = covered.filter((file, at) => covered[at + 1] === file);
  expect(twice).toEqual(filesOf('test/e2e/*.test.ts'));
});

test.each([
  [40, 0],
  [41, 1],
])('the linter answers a function of %i lines with %i faults', (lines, faults) => {
  const body = Array.from({ length: lines - 2 }, (_, i) => `  console.log(${i});`).join('\n');
  expect(lint(`export function long(): void {\n${body}\n}\n`)).toHaveLength(faults);
});

/** The faults by our own configuration, by code. */
function lint(text: string): string[] {
  const file = path.join(folder, 'a.ts');
  writeFileSync(file, text);
  const { stdout } = run(['--config', path.join(root, '.oxlintrc.json'), '--format', 'json', file]);
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string }[] };
  return diagnostics.map(({ code }) => code);
}

function run(args: string[]): { stdout: string } {
  try {
    return {
      stdout: execFileSync(process.execPath, [path.join(root, 'node_modules/oxlint/bin/oxlint'), ...args], {
        encoding: 'utf8',
      }),
    };
  } catch (error) {
    return error as { stdout: string };
  }
}
