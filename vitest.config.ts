/** One vitest project per kind of test, so that each can be run alone: `npx vitest run --project rules`. */
import { defineConfig } from 'vitest/config';
import { EmulatorMissing } from './emulator/missing.ts';
import { findPython } from './emulator/python.ts';

interface More {
  globalSetup?: string[];
  env?: Record<string, string>;
  maxConcurrency?: number;
  maxWorkers?: number;
  sequence?: { groupOrder: number };
}

const project = (name: string, include: string[], timeoutSeconds = 30, more: More = {}) => ({
  test: { name, include, testTimeout: timeoutSeconds * 1000, hookTimeout: timeoutSeconds * 1000, ...more },
});

/**
 * Its tests wait for lifetimes of 15-30 s, most of the time: many files at once. They come after everything else, which would
 * take the machine from the emulator.
 */
const onEmulator: More = {
  globalSetup: ['test/e2e/emulator-setup.ts'],
  maxWorkers: 12,
  sequence: { groupOrder: 1 },
};

/**
 * One suite, run against several targets, and what only one of them can show. `aws` is a stack that somebody deployed: it
 * runs only when it is asked for.
 */
const e2e = (target: 'laptop' | 'emulator' | 'aws') =>
  project(`e2e-${target}`, ['test/e2e/*.test.ts', `test/e2e/${target}/**/*.test.ts`], 300, {
    env: { E2E_TARGET: target },
    maxConcurrency: 40,
    ...(target === 'emulator' && onEmulator),
  });

/** Its files cannot even be loaded without a deployment, so where no emulator can be had they are left out, loudly. In CI that is a failure. */
async function emulatorRuns(): Promise<boolean> {
  if (process.env['AWS_ENDPOINT_URL']) return true;
  try {
    return (await findPython()) !== '';
  } catch (error) {
    if (!(error instanceof EmulatorMissing) || process.env['CI']) throw error;
    process.stderr.write(`\nLEFT OUT: every test of the project "e2e-emulator". ${error.message}\n\n`);
    return false;
  }
}

export default defineConfig({
  test: {
    projects: [
      project('architecture', ['test/architecture/**/*.test.ts'], 120),
      project('model', ['test/model/**/*.test.ts', 'test/rules/**/*.test.ts']),
      project('storage', ['test/storage/**/*.test.ts']),
      project('usecases', ['test/usecases/**/*.test.ts', 'test/lifecycle/**/*.test.ts'], 60),
      project('workflow', ['test/workflow/**/*.test.ts'], 60),
      project('connectors', ['test/connectors/**/*.test.ts'], 180),
      project('api', ['test/api/**/*.test.ts', 'test/lambda/**/*.test.ts'], 60),
      project('local', ['test/local/**/*.test.ts', 'test/config/**/*.test.ts'], 180),
      project('cli', ['test/cli/**/*.test.ts'], 180),
      project('infra', ['test/infra/**/*.test.ts'], 180),
      project('emulator', ['test/emulator/**/*.test.ts'], 180, {
        globalSetup: ['test/emulator/global-setup.ts'],
      }),
      e2e('laptop'),
      ...((await emulatorRuns()) ? [e2e('emulator')] : []),
      ...(process.env['E2E_TARGET'] === 'aws' ? [e2e('aws')] : []),
    ],
  },
});
