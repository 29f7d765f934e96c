/** The rules of style that a parser can check: clocks and chance, headers, barrels, how zod is imported, sizes. */
import { Visitor } from 'oxc-parser';
import type { Source } from './source.ts';

/** Where time, chance and the environment may be met directly; everything else is given them by its ports. */
const outside =
  /^(local|cli|bin|bench|test|infra|emulator|shared\/aws)\/|^shared\/lambda\/env\.ts$|^functions\/[^/]+\/env\.ts$|^vitest\.config\.ts$/;

const longestFile = 250;
const longestHandler = 40;

/** What a file does against the rules, one sentence each. */
export function conventionFaults(source: Source): string[] {
  const faults = [
    ...(outside.test(source.path) ? [] : impurities(source)),
    ...zodByName(source),
    ...(isBarrel(source) ? ['only exports again what others export'] : []),
    ...(source.opensWithComment ? [] : ['does not open with a comment that says its job']),
    ...oversize(source),
  ];
  return faults.map((fault) => `${source.path} ${fault}`);
}

/** `new Date(x)` is arithmetic; `new Date()` asks the machine. */
function impurities({ program, imports }: Source): string[] {
  const found = new Set<string>();
  new Visitor({
    MemberExpression: ({ object, property }) => {
      if (object.type !== 'Identifier' || property.type !== 'Identifier') return;
      const name = `${object.name}.${property.name}`;
      if (name === 'Date.now' || name === 'process.env') found.add(name);
    },
    NewExpression: ({ callee, arguments: given }) => {
      if (callee.type === 'Identifier' && callee.name === 'Date' && given.length === 0)
        found.add('new Date()');
    },
    Identifier: ({ name }) => {
      if (name === 'randomUUID') found.add(name);
    },
  }).visit(program);
  for (const { specifier, names } of imports)
    if (specifier === 'node:process' && names.includes('env')) found.add('process.env');
  return [...found].map((name) => `uses ${name}: take it from the ports`);
}

/** A named import keeps bundlers from dropping what is not used: 82 KB become 443. */
function zodByName({ imports }: Source): string[] {
  const named = imports.some(
    ({ specifier, names, typeOnly }) =>
      specifier === 'zod' && !typeOnly && !names.every((name) => name === 'NamespaceObject'),
  );
  return named ? ["imports zod by name: write import * as z from 'zod'"] : [];
}

function isBarrel({ program }: Source): boolean {
  const exports = program.body.filter(({ type }) => type !== 'ImportDeclaration');
  return (
    exports.length > 0 &&
    exports.every(
      (statement) =>
        statement.type === 'ExportAllDeclaration' ||
        (statement.type === 'ExportNamedDeclaration' && statement.declaration === null),
    )
  );
}

/** Functions are counted by the linter; sizes.test.ts proves that it does. */
function oversize({ path, text }: Source): string[] {
  const lines = text.trimEnd().split('\n').length;
  const most = /^functions\/[^/]+\/handler\.ts$/.test(path) ? longestHandler : longestFile;
  return lines > most ? [`has ${lines} lines; ${most} is the most`] : [];
}
