/** docs/cli.md and `--help` say what is so. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exitCodes, exitMeanings, type ExitName } from '../../cli/exit-codes.ts';
import { createProgram } from '../../cli/program.ts';
import type { Shell } from '../../cli/shell.ts';
import { start } from './run-cli.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/cli.md'), 'utf8');
const commands = createProgram({ name: 'curfew' } as Shell, '0.0.0').commands;
const names = Object.keys(exitCodes) as ExitName[];

test.each(commands.map((command) => command.name()).filter((name) => name !== 'help'))(
  'docs/cli.md tells of %s',
  (name) => {
    expect(page).toMatch(new RegExp(`^\\|.*\`${name}\\b`, 'm'));
  },
);

test.each(names)('docs/cli.md and --help tell of the exit code of %s', async (name) => {
  expect(page).toMatch(new RegExp(`^\\| ${exitCodes[name]} \\| `, 'm'));
  const { code, stdout } = await start(undefined, ['--help']).ended;
  expect(code).toBe(0);
  expect(stdout).toContain(`${exitCodes[name]}  ${exitMeanings[name]}`);
});

test('--help lists the verbs within verbs, and every variable that docs/cli.md has', async () => {
  const { stdout } = await start(undefined, ['help']).ended;
  expect(stdout).toMatch(
    /^ {2}flows +list .*\n(.*\n)? {2}flows plan +show .*\n(.*\n)? {2}flows apply +let /m,
  );
  const variables = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);
  expect(variables).toContain('CURFEW_DEBUG');
  for (const name of variables) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
});

test.each(commands.map((command) => [command.name(), command] as const))(
  '%s has --json and examples',
  (name, command) => {
    let help = '';
    command.configureOutput({ writeOut: (text) => void (help += text) }).outputHelp();
    if (name === 'help') return;
    expect(help).toContain('--json');
    expect(help).toMatch(new RegExp(`Examples:\\n  \\$ curfew ${name}`));
  },
);
