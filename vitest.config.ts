/** One vitest project per kind of test, so that each can be run alone: `npx vitest run --project rules`. */
import { defineConfig } from 'vitest/config';

const project = (name: string, include: string[], timeoutSeconds = 30) => ({
  test: { name, include, testTimeout: timeoutSeconds * 1000, hookTimeout: timeoutSeconds * 1000 },
});

export default defineConfig({
  test: {
    projects: [
      project('architecture', ['test/architecture/**/*.test.ts'], 120),
      project('model', ['test/model/**/*.test.ts', 'test/rules/**/*.test.ts']),
      project('storage', ['test/storage/**/*.test.ts']),
      project('usecases', ['test/usecases/**/*.test.ts', 'test/lifecycle/**/*.test.ts'], 60),
      project('workflow', ['test/workflow/**/*.test.ts'], 60),
      project('connectors', ['test/connectors/**/*.test.ts'], 180),
      project('api', ['test/api/**/*.test.ts'], 60),
      project('local', ['test/local/**/*.test.ts', 'test/config/**/*.test.ts'], 180),
      project('cli', ['test/cli/**/*.test.ts'], 180),
      project('infra', ['test/infra/**/*.test.ts'], 120),
      project('emulator', ['test/emulator/**/*.test.ts'], 180),
      project('e2e', ['test/e2e/**/*.test.ts'], 300),
    ],
  },
});
