/** bin/curfew.js: finds the Node that the project brings, hands over, and says what is missing. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bin, start } from './run-cli.ts';

const { version } = JSON.parse(readFileSync(join(bin, '../../package.json'), 'utf8')) as { version: string };
const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** Makes the launcher believe that it runs on an old Node. The process that it starts is not touched. */
const old = [
  '--import',
  'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"14.21.3"}})',
];

test('runs in the present process where that is Node 24 already', async () => {
  const { code, stdout } = await start(undefined, ['--version']).ended;
  expect([code, stdout]).toEqual([0, `${version}\n`]);
});

test('an old Node starts the Node 24 of the project', async () => {
  const { code, stdout } = await start(undefined, ['--version'], { node: old }).ended;
  expect([code, stdout]).toEqual([0, `${version}\n`]);
});

test('an old Node passes arguments, output and the exit code on', async () => {
  const { code, stdout, stderr } = await start(undefined, ['frobnicate'], { node: old }).ended;
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain("Unknown command 'frobnicate'");
});

test('says what to do where nothing is installed', async () => {
  const { code, stderr } = await start(undefined, ['--version'], { file: packageWith([]) }).ended;
  expect(code).toBe(1);
  expect(stderr).toContain('npm ci');
});

test('says what to do where the Node of the project is missing', async () => {
  const { code, stderr } = await start(undefined, ['--version'], {
    node: old,
    file: packageWith(['commander']),
  }).ended;
  expect(code).toBe(1);
  expect(stderr).toContain('this is Node 14.21.3, and it needs 24. Run this first: npm ci');
});

/** A copy of the launcher in a package that has only these packages. */
function packageWith(packages: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'curfew-launcher-'));
  folders.push(folder);
  mkdirSync(join(folder, 'bin'));
  for (const name of packages) mkdirSync(join(folder, 'node_modules', name), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  copyFileSync(bin, join(folder, 'bin', 'curfew.js'));
  return join(folder, 'bin', 'curfew.js');
}
