/** Which part of the code may import which: the layers as data, and the function that checks it. */
import path from 'node:path';
import type { Import, Source } from './source.ts';

interface Layer {
  /** Files of the layer: a file, or a folder with its `/`. `*` stands for one folder name. The first that fits counts. */
  at: string;
  /** What they may import. `.` is the folder that the `at` of the layer matched. */
  may: string[];
  /** Of that, what they may import the types of only. */
  typesOnly?: string[];
  /** npm packages and `node:` modules; `any` of them where the outside world is the layer's job. */
  packages: string[] | 'any';
}

const pure = ['shared/rules/', 'shared/model/', 'shared/ports.ts', 'shared/connectors/contract.ts'];

/** A file that fits none is a fault: a new folder says here what it may import. */
export const layers: Layer[] = [
  { at: 'shared/model/', may: ['.'], packages: ['zod'] },
  { at: 'shared/rules/', may: ['.', 'shared/model/'], packages: [] },
  { at: 'shared/ports.ts', may: ['shared/model/', 'shared/connectors/contract.ts'], packages: [] },
  { at: 'shared/connectors/contract.ts', may: ['shared/model/'], packages: ['zod'] },
  { at: 'shared/connectors/lazy.ts', may: ['shared/connectors/contract.ts'], packages: [] },
  {
    // A connector is loaded by the registry, when it is first called.
    at: 'shared/connectors/registry.ts',
    may: ['shared/connectors/', 'shared/model/', 'shared/ports.ts'],
    packages: [],
  },
  {
    // What may be known of connectors without any of their code that reaches targets.
    at: 'shared/connectors/facts.ts',
    may: ['shared/connectors/', 'shared/model/', 'shared/ports.ts'],
    packages: [],
  },
  {
    at: 'shared/connectors/*/',
    may: [
      '.',
      'shared/model/',
      'shared/connectors/contract.ts',
      'shared/connectors/lazy.ts',
      'shared/ports.ts',
    ],
    typesOnly: ['shared/ports.ts', 'shared/connectors/lazy.ts'],
    packages: 'any',
  },
  // What every engine of the `Table` port does alike.
  { at: 'shared/storage/', may: ['.', 'shared/model/', 'shared/ports.ts'], packages: ['node:crypto'] },
  { at: 'shared/lifecycle/', may: ['.', ...pure], packages: ['zod', 'node:crypto'] },
  { at: 'shared/usecases/', may: ['.', 'shared/lifecycle/', ...pure], packages: ['zod', 'node:crypto'] },
  {
    at: 'shared/api/',
    may: ['.', 'shared/model/', 'shared/rules/', 'shared/ports.ts'],
    // The verifier of tokens is handed its clock.
    typesOnly: ['shared/ports.ts'],
    packages: ['zod', 'jose'],
  },
  // The composition root: the ports on AWS. It knows no connector; functions hand them in.
  { at: 'shared/aws/', may: ['.', 'shared/lifecycle/', 'shared/storage/', ...pure], packages: 'any' },
  { at: 'shared/lambda/', may: ['.', 'shared/aws/', ...pure], packages: 'any' },
  { at: 'functions/*/', may: ['.', 'shared/'], packages: 'any' },
  { at: 'cli/', may: ['.', 'shared/api/', 'shared/model/'], packages: 'any' },
  { at: 'bin/', may: ['.', 'cli/'], packages: 'any' },
  {
    at: 'config/',
    may: ['.', 'shared/model/', 'shared/connectors/contract.ts'],
    packages: 'any',
  },
  {
    at: 'infra/',
    may: [
      '.',
      'config/',
      'functions/',
      'statemachines/',
      'shared/aws/',
      'shared/connectors/',
      'shared/model/',
    ],
    packages: 'any',
  },
  // A pinned AWS emulator on this machine, and the deployment to it. Nothing of the product knows of it.
  { at: 'emulator/', may: ['.', 'local/', 'infra/', 'config/', 'shared/model/'], packages: 'any' },
  {
    at: 'local/',
    may: ['.', 'shared/', 'functions/', 'config/', 'statemachines/', 'package.json'],
    packages: 'any',
  },
  {
    at: 'bench/',
    may: [
      '.',
      'shared/',
      'functions/',
      'config/',
      'statemachines/',
      'local/',
      'infra/',
      'emulator/',
      'test/support/',
    ],
    packages: 'any',
  },
  { at: 'test/', may: [''], packages: 'any' },
  { at: 'vitest.config.ts', may: ['emulator/'], packages: 'any' },
];

/** What a file imports and may not. `exists` says whether a path of the repository is a file. */
export function importFaults(source: Source, exists: (file: string) => boolean): string[] {
  const layer = layerOf(source.path);
  if (!layer) return [`${source.path} is in no layer: add its folder to test/architecture/layers.ts`];
  return source.imports.flatMap((imported) => {
    const fault = faultOf(source.path, layer, imported, exists);
    return fault === undefined ? [] : [`${source.path} ${fault}`];
  });
}

function faultOf(
  from: string,
  layer: Layer & { folder: string },
  { specifier, typeOnly }: Import,
  exists: (file: string) => boolean,
): string | undefined {
  if (specifier === undefined)
    return layer.packages === 'any' ? undefined : 'imports something that is known only when it runs';
  if (!specifier.startsWith('.'))
    return isWithin(specifier, layer.packages) ? undefined : `may not import the package ${specifier}`;
  const to = path.posix.join(path.posix.dirname(from), specifier);
  if (!exists(to)) return `imports ${specifier}, which is no file`;
  const may = (allowed: string) => startsAt(to, allowed === '.' ? layer.folder : allowed);
  if (!layer.may.some(may)) return `may not import ${to}`;
  if (!typeOnly && layer.typesOnly?.some(may)) return `may import only types of ${to}`;
  return undefined;
}

function layerOf(file: string): (Layer & { folder: string }) | undefined {
  for (const layer of layers) {
    const pattern = new RegExp(`^${layer.at.replaceAll('.', '\\.').replace('*', '[^/]+')}`);
    const folder = pattern.exec(file)?.[0];
    if (folder !== undefined) return { ...layer, folder };
  }
  return undefined;
}

/** `hono/cors` is of the package `hono`. */
function isWithin(specifier: string, packages: string[] | 'any'): boolean {
  return (
    packages === 'any' || packages.some((name) => specifier === name || specifier.startsWith(`${name}/`))
  );
}

/** `shared/api/` holds everything below it, `shared/ports.ts` itself alone, the empty text everything. */
function startsAt(file: string, place: string): boolean {
  return place === '' || place.endsWith('/') ? file.startsWith(place) : file === place;
}
