/** One emulator for all tests of a project: the one that AWS_ENDPOINT_URL names, or one of its own that ends with them. */
import type { TestProject } from 'vitest/node';
import { EmulatorMissing } from '../../emulator/missing.ts';
import { startEmulator } from '../../emulator/start.ts';

export default async function setUp(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const named = process.env['AWS_ENDPOINT_URL'];
  if (named) {
    project.provide('emulatorUrl', named);
    return undefined;
  }
  try {
    const emulator = await startEmulator();
    project.provide('emulatorUrl', emulator.url);
    return () => emulator.stop();
  } catch (error) {
    if (!(error instanceof EmulatorMissing) || process.env['CI']) throw error;
    console.error(`\nLEFT OUT: every test of the project "${project.name}". ${error.message}\n`);
    project.provide('emulatorUrl', undefined);
    return undefined;
  }
}
