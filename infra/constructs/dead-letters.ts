/** Where the events of a function end that it could not handle, and the alarm that says so. They are kept for 14 days. */
import { Duration } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { addAlarm, perMinute } from './alarm.ts';

interface DeadLettersProps {
  queueName: string;
  topic: ITopic | undefined;
}

export class DeadLetters extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, { queueName, topic }: DeadLettersProps) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      queueName,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    addAlarm(this, 'Filled', {
      metric: this.queue.metricApproximateNumberOfMessagesVisible(perMinute),
      above: 0,
      description: `Events lie in ${queueName} that were not handled: read them, mend the cause, send them again.`,
      topic,
    });
  }
}
