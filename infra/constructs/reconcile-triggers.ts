/** When the reconciler looks: twice a minute, and at once when an execution ended without its grant. */
import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Stage } from '../config.ts';
import { reconcileSeconds } from '../functions.ts';
import { names } from '../names.ts';
import type { ServiceFunction } from './service-function.ts';

interface ReconcileTriggersProps {
  stage: Stage;
  reconcile: ServiceFunction;
  machineArn: string;
}

export class ReconcileTriggers extends Construct {
  constructor(scope: Construct, id: string, props: ReconcileTriggersProps) {
    super(scope, id);
    const { reconcile } = props;
    const failed = {
      deadLetterQueue: reconcile.deadLetters,
      retryAttempts: 2,
      maxEventAge: Duration.minutes(5),
    };
    const atOnce = new LambdaFunction(reconcile.live, failed);
    const halfway = new SqsQueue(this.delayed(props), failed);
    const name = (what: string) => `${names.function(props.stage, 'reconcile')}-${what}`;
    new Rule(this, 'EveryMinute', {
      ruleName: name('every-minute'),
      description:
        'What is due is looked at each minute and, by a queue that waits for 30 s, halfway between.',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [atOnce, halfway],
    });
    new Rule(this, 'Ended', {
      ruleName: name('ended'),
      description: 'An execution failed, was stopped or timed out: its grant may be open still.',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { status: ['FAILED', 'ABORTED', 'TIMED_OUT'], stateMachineArn: [props.machineArn] },
      },
      targets: [atOnce],
    });
  }

  /** A schedule counts whole minutes; what it sends here arrives half a minute later. */
  private delayed({ stage, reconcile }: ReconcileTriggersProps): Queue {
    const queue = new Queue(this, 'Halfway', {
      queueName: names.halfway(stage),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      deliveryDelay: Duration.seconds(30),
      visibilityTimeout: Duration.seconds(reconcileSeconds),
      retentionPeriod: Duration.hours(1),
      deadLetterQueue: { queue: reconcile.deadLetters, maxReceiveCount: 3 },
    });
    reconcile.live.addEventSource(
      new SqsEventSource(queue, { batchSize: 10, reportBatchItemFailures: true }),
    );
    return queue;
  }
}
