/** Where the suite runs, chosen by `E2E_TARGET`: a Curfew on this machine, on the AWS emulator, or on AWS. */
import type { Api } from '../support/call-api.ts';
import type { Place } from './place.ts';

export interface Target extends Api {
  name: 'laptop' | 'emulator' | 'aws';
  /** The targets that this Curfew gives access to. */
  places: Place[];
  /** A lifetime that is short here and still long enough to do something in. */
  shortSeconds: number;
  /** How many grants at once are many here. */
  many: number;
  /** How much later than its end access may be gone, besides what the place needs to settle. */
  lateSeconds: number;
  /** Tokens that nobody may get in with, by what is wrong with each. */
  badTokens(): Promise<Record<string, string>>;
  close(): Promise<void>;
}

/** Opens the target: on the laptop a server of its own for each test file. */
export async function openTarget(): Promise<Target> {
  const name = process.env['E2E_TARGET'] || 'laptop';
  switch (name) {
    case 'laptop':
      return (await import('./laptop.ts')).openLaptop();
    case 'emulator':
      return (await import('./emulator.ts')).openEmulator();
    case 'aws':
      return (await import('./aws.ts')).openAws();
    default:
      throw new Error(`E2E_TARGET is "${name}": it must be laptop, emulator or aws`);
  }
}
