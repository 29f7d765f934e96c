/** Says on stderr why a command of the emulator failed. */
import { isCurfewError } from '../shared/model/errors.ts';
import { EmulatorMissing } from './missing.ts';

export function report(error: unknown): void {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const onPurpose = isCurfewError(error) || error instanceof EmulatorMissing;
  process.stderr.write(`emulator: ${onPurpose ? message : stack}\n`);
}
