/** A log of the stage: kept for as long as it says, and in production when its stack is destroyed, too. */
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Stage } from '../config.ts';
import { removalOf } from '../removal.ts';

export function addLog(scope: Construct, stage: Stage, logGroupName: string): LogGroup {
  return new LogGroup(scope, 'Log', {
    logGroupName,
    retention: stage.logRetentionDays,
    removalPolicy: removalOf(stage),
  });
}
