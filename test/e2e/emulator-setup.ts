/** Deploys Curfew to an AWS emulator once for all test files, and takes everything down after the last one. */
import type { TestProject } from 'vitest/node';
import { type Deployed, deployForTests } from '../support/e2e-deployment.ts';

declare module 'vitest' {
  interface ProvidedContext {
    deployed: Deployed;
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const { deployed, seconds, remove } = await deployForTests();
  process.stdout.write(`Curfew is deployed to the emulator, in ${seconds} s\n`);
  project.provide('deployed', deployed);
  return remove;
}
