/** The import rules hold for every file, and each of them can fail. */
import { describe, expect, test } from 'vitest';
import { importFaults, layers } from './layers.ts';
import { allSources, filesOf, parseSource } from './source.ts';

test('every file imports only what its layer may', () => {
  const files = new Set(filesOf('**/*'));
  expect(allSources().flatMap((source) => importFaults(source, (file) => files.has(file)))).toEqual([]);
});

describe('the rules refuse', () => {
  test.each([
    ['a model that imports a rule', 'shared/model/a.ts', '../rules/due.ts'],
    ['a model that imports another package', 'shared/model/a.ts', 'hono'],
    ['a rule that imports a port', 'shared/rules/a.ts', '../ports.ts'],
    ['a rule that imports a use case', 'shared/rules/a.ts', '../usecases/a.ts'],
    ['a rule that imports a package', 'shared/rules/a.ts', 'zod'],
    ['a rule that reads files', 'shared/rules/a.ts', 'node:fs'],
    ['ports that import a rule', 'shared/ports.ts', './rules/due.ts'],
    ['a contract that imports a connector', 'shared/connectors/contract.ts', './postgresql/connector.ts'],
    ['a use case that imports a connector', 'shared/usecases/a.ts', '../connectors/postgresql/connector.ts'],
    ['a use case that imports the registry', 'shared/usecases/a.ts', '../connectors/registry.ts'],
    ['a use case that imports a wiring', 'shared/usecases/a.ts', '../../local/clock.ts'],
    ['a use case that imports a cloud library', 'shared/usecases/a.ts', '@aws-sdk/client-dynamodb'],
    ['what use cases share importing one of them', 'shared/lifecycle/a.ts', '../usecases/a.ts'],
    ['a connector that imports another', 'shared/connectors/postgresql/a.ts', '../aws-iam/connector.ts'],
    ['a connector that imports a use case', 'shared/connectors/postgresql/a.ts', '../../usecases/a.ts'],
    ['a connector that imports a rule', 'shared/connectors/postgresql/a.ts', '../../rules/due.ts'],
    ['the HTTP contract importing a use case', 'shared/api/a.ts', '../usecases/a.ts'],
    ['a function that imports another', 'functions/api/a.ts', '../grant-access/handler.ts'],
    ['a function that imports a wiring', 'functions/api/a.ts', '../../local/clock.ts'],
    ['the CLI importing a use case', 'cli/a.ts', '../shared/usecases/a.ts'],
    ['the CLI importing a rule', 'cli/commands/a.ts', '../../shared/rules/due.ts'],
    ['the CLI importing the local wiring', 'cli/a.ts', '../local/clock.ts'],
    ['configuration that imports a connector', 'config/a.ts', '../shared/connectors/registry.ts'],
    ['the local wiring importing the CLI', 'local/a.ts', '../cli/a.ts'],
    ['the local wiring importing a test', 'local/a.ts', '../test/support/builders.ts'],
    ['a function that imports a test', 'functions/api/a.ts', '../../test/support/builders.ts'],
    ['a benchmark that imports a test', 'bench/a.ts', '../test/rules/worlds.ts'],
  ])('%s', (_, file, specifier) => {
    expect(faults(file, `import { a } from '${specifier}';`)).toHaveLength(1);
    expect(faults(file, `import type { A } from '${specifier}';`)).toHaveLength(1);
  });

  test.each([
    ['an export from there', `export { a } from '../ports.ts';`],
    ['everything exported from there', `export * from '../ports.ts';`],
    ['an import for its effect', `import '../ports.ts';`],
    ['an import while it runs', `const a = await import('../ports.ts');`],
    ['the type of an import', `type A = import('../ports.ts').Ports;`],
    ['an import that is known only when it runs', 'const a = await import(where);'],
  ])('%s, as they refuse an ordinary import', (_, text) => {
    expect(faults('shared/rules/a.ts', text)).toHaveLength(1);
  });

  test('what is more than a type where only types are allowed', () => {
    const file = 'shared/connectors/postgresql/a.ts';
    expect(faults(file, `import type { Ports } from '../../ports.ts';`)).toEqual([]);
    expect(faults(file, `import { ports } from '../../ports.ts';`)).toHaveLength(1);
  });

  test('an import of a file that is not there, or without its ending', () => {
    const there = ['local/b.ts'];
    expect(faults('local/a.ts', `import './c.ts';`, there)).toHaveLength(1);
    expect(faults('local/a.ts', `import './b';`, there)).toHaveLength(1);
    expect(faults('local/a.ts', `import './b.ts';`, there)).toEqual([]);
  });

  test('a file in a folder that nobody spoke of', () => {
    expect(faults('elsewhere/a.ts', '')).toHaveLength(1);
  });
});

test.each(layers.filter(({ at }) => at.endsWith('/')).map(({ at }) => at.replace('*', 'some')))(
  'a file in %s may import its neighbour',
  (folder) => {
    expect(faults(`${folder}a.ts`, `import { b } from './b.ts';`)).toEqual([]);
  },
);

/** The faults of one file, in a repository that has the files named, or any. */
function faults(file: string, text: string, there?: string[]): string[] {
  return importFaults(parseSource(file, text), (other) => there?.includes(other) ?? true);
}
