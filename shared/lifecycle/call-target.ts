/** One bounded call to a connector. What it throws is always a CurfewError that says whether the call may still land. */
import type * as contract from '../connectors/contract.ts';
import { CurfewError } from '../model/errors.ts';
import { toMs } from '../model/time.ts';
import type { Ports, Target } from '../ports.ts';

type CallPorts = Pick<Ports, 'clock' | 'installation'>;

/** Runs `act` until `until` at the latest, then aborts it and throws `TargetUnavailable`. */
export async function callTarget<T>(
  ports: CallPorts,
  { integration }: Target,
  until: string,
  act: (call: contract.Call) => Promise<T>,
): Promise<T> {
  const deadlineMs = toMs(until);
  const stop = new AbortController();
  const done = new AbortController();
  const late = ports.clock.sleepUntil(deadlineMs, done.signal).then(() => {
    stop.abort();
    throw new CurfewError('TargetUnavailable', `${integration.name} did not answer in time.`);
  });
  const work = act({ integration, installation: ports.installation, signal: stop.signal, deadlineMs });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    throw error instanceof CurfewError ? error : unexpected(integration.name, error);
  } finally {
    done.abort();
  }
}

/** Did the call certainly have no effect, and will it have none? Anything that is not sure of it may land. */
export function mayLand(error: unknown): boolean {
  return !(error instanceof CurfewError && error.details.mayLand === false);
}

/** Of an error that is not ours only its code is told: its message may quote what was sent, a secret too (S5). */
function unexpected(name: string, cause: unknown): CurfewError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const told = /^\w{1,40}$/.test(code) ? ` (${code})` : '';
  return new CurfewError(
    'TargetUnavailable',
    `The call to ${name} failed unexpectedly${told}; see the log.`,
    { cause },
  );
}
