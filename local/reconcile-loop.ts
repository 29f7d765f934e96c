/** Runs the reconciler here: each second, since looking at what is due costs next to nothing in one process. */
import type { Ports } from '../shared/ports.ts';
import { reconcile } from '../shared/usecases/reconcile.ts';
import type { Log } from './log.ts';

const everyMs = 1_000;
/** What the executions are at already is left to them for so long. */
const graceSeconds = 2;

/** Resolves when the signal has ended it and the last run is over. Never throws. */
export async function startReconciling(ports: Ports, log: Log, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const { due, overdueSeconds, failed } = await reconcile(ports, { graceSeconds });
      if (due > 0) log('reconciled', { due, overdueSeconds, failed });
    } catch (error) {
      log('reconcile failed', {
        error: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown',
      });
    }
    await ports.clock.sleepUntil(ports.clock.now() + everyMs, signal);
  }
}
