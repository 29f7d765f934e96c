/** The emulator that the tests of a project share: where it is, and what an SDK client needs to speak to it. */
import { describe, inject } from 'vitest';
import { region } from '../../emulator/start.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Missing where this machine cannot run the emulator. */
    emulatorUrl: string | undefined;
  }
}

/** `describe` for what needs the emulator: skipped where it cannot run, which the set-up has said loudly. */
export const describeOnEmulator = describe.skipIf(inject('emulatorUrl') === undefined);

export function emulatorUrl(): string {
  const url = inject('emulatorUrl');
  if (url === undefined) throw new Error('There is no emulator: put this test into describeOnEmulator.');
  return url;
}

/** For any SDK client. A key id of 12 digits is the root of that account. */
export function clientConfig(account = '000000000000', endpoint = emulatorUrl()) {
  return { endpoint, region, credentials: { accessKeyId: account, secretAccessKey: 'test' } };
}
