/** One look of the reconciler, with what it found as metrics: the alarm on them is the last layer that ends access. */
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { log } from '../../shared/lambda/log.ts';
import { metrics } from '../../shared/lambda/metrics.ts';
import type { Ports } from '../../shared/ports.ts';
import { type Reconciled, reconcile } from '../../shared/usecases/reconcile.ts';
import { restartExecution } from '../../shared/usecases/restart-execution.ts';
import type { Occasion } from './occasion.ts';

/** Left to the executions for so long: they are the fast path. */
const graceSeconds = 5;
/** A look reports before the next but one begins: what hangs must not hold up the metrics. */
const longestMs = 55_000;
/** Before the function's own end, for the metrics to get out. */
const marginMs = 5_000;

export function createLook(ports: Ports, machineArn: string) {
  return {
    look: (context: Context) => look(ports, context),
    async lookAt(occasion: Occasion, context: Context): Promise<void> {
      if (occasion.kind === 'tick') return look(ports, context);
      if (!isOf(machineArn, occasion.machineArn)) return;
      const begun = await restartExecution(ports, occasion.execution);
      log('warn', 'execution ended', { execution: occasion.execution, what: begun ? 'replaced' : 'left' });
    },
  };
}

/** We start executions by the machine's alias, `<machine>:live`; what ended is told by the machine. */
function isOf(started: string, ended: string): boolean {
  return started === ended || started.startsWith(`${ended}:`);
}

async function look(ports: Ports, context: Context): Promise<void> {
  const untilMs = ports.clock.now() + Math.min(longestMs, context.getRemainingTimeInMillis() - marginMs);
  const underway = new Set<string>();
  report(await reconcile(ports, { graceSeconds, untilMs, underway }));
  if (underway.size > 0) await outlast(ports, underway);
}

/**
 * A function that answers is frozen as it stands. A call of ours that is under way then would go on at the next thaw, minutes after
 * its lease ran out. So it is waited for; where Lambda ends us before, the process dies, and the call with it.
 */
async function outlast({ clock }: Ports, underway: Set<string>): Promise<void> {
  metrics.publishStoredMetrics();
  while (underway.size > 0) await clock.sleepUntil(clock.now() + 100);
}

/** Zero is a value: no data is an alarm. */
function report({ due, overdueSeconds, failed }: Reconciled): void {
  metrics.addMetric('RevocationOverdueSeconds', MetricUnit.Seconds, overdueSeconds);
  metrics.addMetric('GrantsDue', MetricUnit.Count, due);
  metrics.addMetric('ReconcileFailed', MetricUnit.Count, failed.length);
  log('info', 'reconciled', { due, overdueSeconds, failed: failed.length });
  for (const { id, error } of failed)
    log('error', 'could not be driven', { grantId: id, errorName: error.split(':')[0] });
}
