/** cfn-lint, from the environment that the emulator's programs are installed in. Without Python it is left out, loudly; in CI it may not be. */
import { dirname, join } from 'node:path';
import { EmulatorMissing } from '../../emulator/missing.ts';
import { pythonWithEmulator } from '../../emulator/virtual-environment.ts';

/** Its path; undefined where this machine cannot have it. */
export async function findCfnLint(): Promise<string | undefined> {
  try {
    return join(dirname(await pythonWithEmulator()), 'cfn-lint');
  } catch (error) {
    if (!(error instanceof EmulatorMissing) || process.env['CI']) throw error;
    process.stderr.write(`\nLEFT OUT: cfn-lint over the templates. ${error.message}\n\n`);
    return undefined;
  }
}
