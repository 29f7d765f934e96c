/** Runs the reconciler here: each second, since looking at what is due costs next to nothing in one process. */
import type { Ports } from '../shared/ports.ts';
import { reconcile } from '../shared/usecases/reconcile.ts';
import type { Log } from './log.ts';

const everyMs = 1_000;
/** What the executions are at already is left to them for so long. */
const graceSeconds = 2;

/**
 * Begins a run each second, whether the one before is over or not: a target that hangs holds up its own grants only.
 * Resolves when the signal has ended it and the last run is over. Never throws.
 */
export async function startReconciling(ports: Ports, log: Log, signal: AbortSignal): Promise<void> {
  const underway = new Set<string>();
  const runs = new Set<Promise<void>>();
  while (!signal.aborted) {
    const run = reconcileOnce(ports, log, underway).finally(() => runs.delete(run));
    runs.add(run);
    await ports.clock.sleepUntil(ports.clock.now() + everyMs, signal);
  }
  await Promise.all(runs);
}

async function reconcileOnce(ports: Ports, log: Log, underway: Set<string>): Promise<void> {
  try {
    const { due, overdueSeconds, failed } = await reconcile(ports, { graceSeconds, underway });
    if (due > 0) log('reconciled', { due, overdueSeconds, failed });
  } catch (error) {
    log('reconcile failed', {
      error: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown',
    });
  }
}
