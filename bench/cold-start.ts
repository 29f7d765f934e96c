/**
 * `npm run bench:cold-start`: what a function costs to begin. Each bundle is loaded in fresh processes, beside a bundle of nothing
 * but the SDK's clients of the same services, by turns in the same run. Prints the table of docs/performance.md.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, bundleEntry } from '../infra/bundle.ts';
import { type FunctionName, functionNames } from '../infra/function-names.ts';
import { bareSource, type Service, servicesIn } from './bare-clients.ts';
import { type Start, withStarts } from './fresh-process.ts';

const runs = Number(process.argv[2] ?? 21);
const root = join(import.meta.dirname, '..');

interface Measured {
  name: FunctionName;
  bytes: number;
  services: Service[];
  ours: Start;
  bare: Start | undefined;
}

const work = mkdtempSync(join(tmpdir(), 'curfew-cold-start-'));
try {
  const measured = await withStarts(async (start) => {
    const all: Measured[] = [];
    for (const name of functionNames) all.push(await measure(name, start));
    return all;
  });
  process.stdout.write(table(measured));
} finally {
  rmSync(work, { recursive: true });
}

async function measure(name: FunctionName, start: (dir: string) => Promise<Start>): Promise<Measured> {
  const { dir, bytes, metafile } = bundle(name, join(work, name));
  const services = servicesIn(metafile);
  const bare = services.length > 0 ? bareBundle(name, services) : undefined;
  const [ours, theirs]: [Start[], Start[]] = [[], []];
  for (let run = 0; run < runs; run++) {
    ours.push(await start(dir));
    if (bare !== undefined) theirs.push(await start(bare));
  }
  return {
    name,
    bytes,
    services,
    ours: medians(ours),
    bare: bare === undefined ? undefined : medians(theirs),
  };
}

/** The clients alone, as the SDK ships them, with the chain of credentials that our bundles leave out; bundled like ours otherwise. */
function bareBundle(name: string, services: Service[]): string {
  const entry = join(root, 'node_modules', `.curfew-bare-${process.pid}.mjs`);
  writeFileSync(entry, bareSource(services));
  try {
    return bundleEntry(entry, join(work, `${name}-bare`), { alias: {}, splitting: false }).dir;
  } finally {
    rmSync(entry);
  }
}

function medians(starts: Start[]): Start {
  return {
    loadMs: median(starts.map(({ loadMs }) => loadMs)),
    firstMs: median(starts.map(({ firstMs }) => firstMs)),
  };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function table(all: Measured[]): string {
  const ms = (value: number | undefined) =>
    value === undefined || Number.isNaN(value) ? '' : value.toFixed(0);
  const rows = all.map(({ name, bytes, services, ours, bare }) => [
    name,
    (bytes / 1000).toFixed(0),
    ms(ours.loadMs),
    ms(bare?.loadMs),
    bare ? (ours.loadMs / bare.loadMs).toFixed(2) : '',
    ms(ours.firstMs),
    ms(bare?.firstMs),
    services.join(', '),
  ]);
  const head = ['function', 'KB', 'load', 'bare load', 'ratio', 'first call', 'bare first call', 'services'];
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |\n`).join('');
}
