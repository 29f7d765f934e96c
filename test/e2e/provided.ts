/** What emulator-setup.ts hands to the test files, for the types of `provide` and `inject`. */
import type { Deployed } from '../support/e2e-deployment.ts';

declare module 'vitest' {
  interface ProvidedContext {
    deployed: Deployed;
  }
}
