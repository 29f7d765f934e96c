/** What is deployed: small, whole, loadable, and with nothing in it that does not belong there. */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundle } from '../../infra/bundle.ts';
import { type FunctionName, functionNames } from '../../infra/function-names.ts';
import { rights } from '../../infra/rights.ts';
import { runBundle, someEnvironment } from '../support/run-bundle.ts';

const root = join(import.meta.dirname, '..', '..');
const large = functionNames.filter((name) => name === 'api' || rights[name].includes('read secrets'));
const most = (name: FunctionName) => (large.includes(name) ? 700 : 500) * 1000;

/** Packages of a bundle, by what went into it. */
function packagesIn(files: string[]): string[] {
  const names = files.flatMap((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []);
  return [...new Set(names)];
}

function licenceOf(name: string): string {
  const file = join(root, 'node_modules', name, 'package.json');
  return existsSync(file)
    ? String((JSON.parse(readFileSync(file, 'utf8')) as { license?: unknown }).license)
    : '';
}

describe.each(functionNames)('the bundle of %s', (name) => {
  const { dir, bytes, metafile } = bundle(name, mkdtempSync(join(tmpdir(), `curfew-bundle-${name}-`)));
  const output = Object.values(metafile.outputs)[0];
  const inside = Object.entries(output?.inputs ?? {})
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => file);

  it(`is smaller than ${most(name) / 1000} KB`, () => {
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(most(name));
  });

  it('is loaded by Node with its environment, and has a handler', async () => {
    expect(await runBundle(dir, someEnvironment)).toMatchObject({ handler: 'function', output: '' });
  });

  it('holds no tests, no infrastructure, nothing of the laptop, and no copyleft', () => {
    const foreign =
      /^(test|infra|local|cli|bench|emulator|config)\/|node_modules\/(aws-cdk-lib|constructs|vitest)\//;
    expect(inside.filter((file) => foreign.test(file))).toEqual([]);
    const packages = packagesIn(inside);
    expect(packages).toContain('zod');
    expect(packages.filter((each) => /GPL/i.test(licenceOf(each)))).toEqual([]);
    expect(packages.filter((each) => each.startsWith('@cloud-copilot/'))).toEqual([]);
  });

  it('takes its credentials from the environment: the chain of profiles and single sign-on is left out', () => {
    expect(
      packagesIn(inside).filter((each) => /credential-provider|nested-clients|token-providers/.test(each)),
    ).toEqual([]);
  });

  it('needs nothing beside Node', () => {
    const outside = (output?.imports ?? []).filter(({ external }) => external).map(({ path }) => path);
    const builtin = (path: string) => process.getBuiltinModule(path) !== undefined;
    expect(
      outside.filter((path) => !builtin(path) && !['pg-native', 'cloudflare:sockets'].includes(path)),
    ).toEqual([]);
  });
});

it('the API holds nothing that could reach a target: no client of one, no connector but its facts', () => {
  const { metafile } = bundle('api', mkdtempSync(join(tmpdir(), 'curfew-bundle-')));
  const inside = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
  const targets = /^(pg.*|@aws-sdk\/client-(iam|sts|secrets-manager|s3))$/;
  expect(packagesIn(inside)).toContain('@aws-sdk/client-lambda');
  expect(packagesIn(inside).filter((each) => targets.test(each))).toEqual([]);
  const ours = inside.filter((file) => /^shared\/(connectors|usecases)\//.test(file));
  expect(ours).toContain('shared/connectors/aws-iam/facts.ts');
  const working =
    /(\/aws-iam\/aws-iam|\/postgresql\/postgresql|\/registry|\/(extend-access|issue-credentials|check-integration))\.ts$/;
  expect(ours.filter((file) => working.test(file))).toEqual([]);
});

it('a function whose environment lacks something says what, when it is loaded', async () => {
  const { dir } = bundle('hold-access', mkdtempSync(join(tmpdir(), 'curfew-bundle-')));
  await expect(runBundle(dir, { ...someEnvironment, TABLE_NAME: '' })).rejects.toThrow(/TABLE_NAME/);
});
