/** A refusal of our own, made before anything was changed. */
import { CurfewError } from '../../model/errors.ts';

/** `TargetRefused`, certain not to have had an effect. `detail` says what to do. */
export function refused(detail: string, cause?: unknown): CurfewError {
  return new CurfewError('TargetRefused', detail, { cause, mayLand: false });
}
