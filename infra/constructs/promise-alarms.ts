/** The alarms on the promise itself: access that is over is gone, or a person knows of it within minutes. */
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Stage } from '../config.ts';
import { metricNamespace, names } from '../names.ts';
import { addAlarm, perMinute } from './alarm.ts';
import type { ServiceFunction } from './service-function.ts';

interface PromiseAlarmsProps {
  stage: Stage;
  recordRevokeFailed: ServiceFunction;
  topic: ITopic | undefined;
}

export function addPromiseAlarms(scope: Construct, props: PromiseAlarmsProps): void {
  const { stage, recordRevokeFailed, topic } = props;
  addAlarm(scope, 'Overdue', {
    metric: new Metric({
      namespace: metricNamespace,
      metricName: 'RevocationOverdueSeconds',
      dimensionsMap: { service: names.function(stage, 'reconcile') },
      statistic: Stats.MAXIMUM,
      ...perMinute,
    }),
    above: 60,
    minutes: 2,
    missing: 'breaching',
    description:
      'Access is not gone a minute after its end, or nobody looks any more. See `curfew grants --status open`, and the log of reconcile.',
    topic,
  });
  addAlarm(scope, 'RevokeFailed', {
    metric: recordRevokeFailed.function.metricInvocations(perMinute),
    above: 0,
    description:
      'A revoke failed for as long as the workflow tries: access may be there still. It is tried again every 15 minutes; the grant says what is in the way.',
    topic,
  });
}
