/** Where audit events go: from the table's stream to the bus, in order and at least once, and from the bus to people. */
import { Duration } from 'aws-cdk-lib';
import type { ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { type EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Stage } from '../config.ts';
import { names } from '../names.ts';
import { addAlarm, perMinute } from './alarm.ts';
import type { ServiceFunction } from './service-function.ts';

interface EventFlowProps {
  stage: Stage;
  table: Table;
  bus: EventBus;
  publish: ServiceFunction;
  notify: ServiceFunction;
  topic: ITopic | undefined;
}

export class EventFlow extends Construct {
  constructor(scope: Construct, id: string, props: EventFlowProps) {
    super(scope, id);
    const newEvent = { dynamodb: { NewImage: { kind: { S: FilterRule.isEqual('event') } } } };
    props.publish.live.addEventSource(
      new DynamoEventSource(props.table as ITable, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 100,
        filters: [FilterCriteria.filter({ eventName: FilterRule.isEqual('INSERT'), ...newEvent })],
        bisectBatchOnError: true,
        reportBatchItemFailures: true,
        retryAttempts: 20,
        maxRecordAge: Duration.hours(20),
        onFailure: new SqsDlq(props.publish.deadLetters),
      }),
    );
    addAlarm(this, 'Behind', {
      metric: props.publish.function.metric('IteratorAge', { ...perMinute, statistic: 'Maximum' }),
      above: Duration.minutes(5).toMilliseconds(),
      minutes: 3,
      description: 'Audit events reach the bus minutes late; the stream forgets them after 24 hours.',
      topic: props.topic,
    });
    new Rule(this, 'Notify', {
      ruleName: names.function(props.stage, 'notify'),
      description: 'What people are told of.',
      eventBus: props.bus,
      eventPattern: { source: ['curfew'] },
      targets: [
        new LambdaFunction(props.notify.live, {
          deadLetterQueue: props.notify.deadLetters,
          retryAttempts: 5,
          maxEventAge: Duration.hours(2),
        }),
      ],
    });
  }
}
