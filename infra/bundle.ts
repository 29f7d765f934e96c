/** Bundles of the functions, for the stacks and for bench/: ESM, with everything in it, and each connector in a file of its own. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, buildSync, type Metafile } from 'esbuild';
import * as z from 'zod';

export interface Bundle {
  /** The folder to deploy: `index.mjs`, whose `handler` is the entry, and what it loads when it is first needed. */
  dir: string;
  /** Of all its files together. */
  bytes: number;
  /** What went in, by files. */
  metafile: Metafile;
}

const root = fileURLToPath(new URL('..', import.meta.url));

/** Bundles functions/<name>/handler.ts into `outDir`. Throws where esbuild fails. */
export function bundle(name: string, outDir: string): Bundle {
  return bundleEntry(join(root, 'functions', name, 'handler.ts'), outDir);
}

/** The same for any entry; `more` goes over our options. */
export function bundleEntry(entry: string, outDir: string, more: BuildOptions = {}): Bundle {
  const { metafile } = buildSync({
    ...options,
    ...more,
    entryPoints: [{ in: entry, out: 'index' }],
    outdir: outDir,
    metafile: true,
  });
  const bytes = Object.values(metafile.outputs).reduce((sum, file) => sum + file.bytes, 0);
  return { dir: outDir, bytes, metafile };
}

const { version } = z
  .looseObject({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));

const options = {
  absWorkingDir: root,
  bundle: true,
  splitting: true,
  outExtension: { '.js': '.mjs' },
  minify: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  // ESM first: it loads about half as long as CommonJS, and what is not used falls out.
  mainFields: ['module', 'main'],
  conditions: ['module', 'node'],
  legalComments: 'none',
  logLevel: 'error',
  // Optional parts of pg: a native driver, and the sockets of another platform. What the SDK tells browsers apart by.
  external: ['pg-native', 'cloudflare:sockets', 'bowser'],
  alias: { '@aws-sdk/credential-provider-node': join(root, 'shared/aws/environment-credentials.ts') },
  define: { 'process.env.CURFEW_VERSION': JSON.stringify(version) },
  // pg is CommonJS, and asks for Node's own modules by `require`.
  banner: {
    js: "import{createRequire as curfewRequire}from'node:module';const require=curfewRequire(import.meta.url);",
  },
} satisfies BuildOptions;
