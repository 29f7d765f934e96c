/** An alarm of ours: quiet when there is no data unless said otherwise, and sent to the stage's topic where there is one. */
import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

export interface AlarmOn {
  metric: IMetric;
  /** More than this is an alarm. */
  above: number;
  /** How many minutes in a row. */
  minutes?: number;
  /** No data is an alarm too: whoever should report has stopped. */
  missing?: 'breaching';
  /** What it means, and what to do. */
  description: string;
  topic: ITopic | undefined;
}

export function addAlarm(scope: Construct, id: string, alarm: AlarmOn): Alarm {
  const made = new Alarm(scope, id, {
    metric: alarm.metric,
    threshold: alarm.above,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: alarm.minutes ?? 1,
    treatMissingData:
      alarm.missing === 'breaching' ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    alarmDescription: alarm.description,
  });
  if (alarm.topic) made.addAlarmAction(new SnsAction(alarm.topic));
  return made;
}

/** How often, or how much, within a minute. */
export const perMinute = { period: Duration.minutes(1) };
