/** Finds a Python that can make the emulator's virtual environment: 3.10 or newer, with the modules for it. */
import { run } from './run.ts';
import { EmulatorMissing } from './missing.ts';

const names = ['python3', ...[14, 13, 12, 11, 10].map((minor) => `python3.${minor}`), 'python'];
const question = `
import sys
if sys.version_info < (3, 10): sys.exit('it is ' + sys.version.split()[0])
import venv, ensurepip
print(sys.executable)`;

/** The path of the first that will do. Throws EmulatorMissing that says what each of the others lacks. */
export async function findPython(): Promise<string> {
  const refusals: string[] = [];
  for (const name of names) {
    const { ok, output } = await run(name, ['-c', question], { timeoutSeconds: 20 });
    if (ok) return output.trim();
    if (!output.includes('ENOENT')) refusals.push(`${name}: ${output.trim().split('\n').at(-1)}`);
  }
  throw new EmulatorMissing(
    `The emulator needs Python 3.10 or newer with venv and ensurepip (on Debian: apt install python3-venv). ` +
      `Found: ${refusals.join('; ') || 'none'}.`,
  );
}
