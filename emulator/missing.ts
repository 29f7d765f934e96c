/** Why this machine cannot run the emulator: no fault of Curfew, so that tests may leave it out, and say so. */

/** `message` is one sentence that says what is missing and what to do. */
export class EmulatorMissing extends Error {
  override readonly name = 'EmulatorMissing';
}
