/** What happens when something does not work: dead letters, alarms, and what makes the reconciler look. */
import { describe, expect, it } from 'vitest';
import { functionNames } from '../../infra/function-names.ts';
import { hub, ofType, resolver } from './resolve.ts';
import { stageOf, synth } from './synth.ts';

const topicArn = `arn:aws:sns:eu-central-1:${hub}:pager`;
const built = synth(stageOf('production', { alarms: { topicArn } }));
const app = built.stacks['app'];
const fill = resolver(built, 'app');
const filled = (type: string) => ofType(app, type).map(([, { Properties }]) => fill(Properties));
const alarms = filled('AWS::CloudWatch::Alarm');
const queueArn = (name: string) => `arn:aws:sqs:eu-central-1:${hub}:curfew-production-${name}`;
const live = (name: string) => `arn:aws:lambda:eu-central-1:${hub}:function:curfew-production-${name}:live`;
const asynchronous = ['load-config', 'notify', 'publish-events', 'reconcile'];

describe('dead letters', () => {
  it('are kept for every function that nobody waits for, and for no other', () => {
    const kept = filled('AWS::Lambda::Function').filter((one) => one.DeadLetterConfig);
    expect(kept.map((one) => String(one.FunctionName).replace('curfew-production-', '')).toSorted()).toEqual(
      asynchronous,
    );
    for (const one of kept) {
      const name = one.FunctionName.replace('curfew-production-', '');
      expect(one.DeadLetterConfig.TargetArn).toBe(queueArn(`${name}-dead`));
    }
  });

  it('are kept of every rule, of the queue and of the stream', () => {
    const targets = filled('AWS::Events::Rule').flatMap((rule) => rule.Targets);
    expect(targets).toHaveLength(4);
    for (const target of targets) expect(target.DeadLetterConfig.Arn).toMatch(/-dead$/);
    const halfway = filled('AWS::SQS::Queue').find((queue) => queue.QueueName.endsWith('-halfway'));
    expect(halfway.RedrivePolicy).toEqual({
      deadLetterTargetArn: queueArn('reconcile-dead'),
      maxReceiveCount: 3,
    });
    const stream = filled('AWS::Lambda::EventSourceMapping').find((one) => one.StartingPosition);
    expect(stream.DestinationConfig.OnFailure.Destination).toBe(queueArn('publish-events-dead'));
  });

  it('lie encrypted for 14 days, and are taken over TLS only', () => {
    const queues = filled('AWS::SQS::Queue').filter((queue) => queue.QueueName.endsWith('-dead'));
    expect(queues).toHaveLength(asynchronous.length);
    for (const queue of queues)
      expect(queue).toMatchObject({ MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true });
    const denied = filled('AWS::SQS::QueuePolicy').map((one) =>
      one.PolicyDocument.Statement.some(
        (statement: any) =>
          statement.Effect === 'Deny' && statement.Condition.Bool['aws:SecureTransport'] === 'false',
      ),
    );
    expect(denied).toEqual(Array.from({ length: 5 }, () => true));
  });
});

describe('alarms', () => {
  const on = (metric: string, dimension?: string) =>
    alarms.filter(
      (one) =>
        one.MetricName === metric &&
        (!dimension || one.Dimensions.some((each: any) => each.Value === dimension)),
    );

  it('tell the topic of the stage, all of them', () => {
    expect(alarms.length).toBeGreaterThan(30);
    for (const alarm of alarms) expect(alarm.AlarmActions, alarm.AlarmDescription).toEqual([topicArn]);
  });

  it('say what it means, in words', () => {
    for (const alarm of alarms) expect(alarm.AlarmDescription).toMatch(/^\S.{30,}\.$/);
  });

  it('sound after two minutes in which access was overdue, or in which nobody looked', () => {
    expect(on('RevocationOverdueSeconds')).toMatchObject([
      {
        Namespace: 'Curfew',
        Dimensions: [{ Name: 'service', Value: 'curfew-production-reconcile' }],
        Statistic: 'Maximum',
        Period: 60,
        Threshold: 60,
        EvaluationPeriods: 2,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'breaching',
      },
    ]);
  });

  it('sound as soon as a revoke has failed for good', () => {
    expect(on('Invocations', 'curfew-production-record-revoke-failed')).toMatchObject([
      { Threshold: 0, EvaluationPeriods: 1, Period: 60 },
    ]);
  });

  it.each(functionNames)('sound when %s fails, is throttled, or is nearly too slow', (name) => {
    const functionName = `curfew-production-${name}`;
    // A state's function throws as well what is no fault, and one that the API calls never throws: they count faults themselves.
    const faults = /^(api|reconcile|publish-events|notify|load-config)$/.test(name) ? 'Errors' : 'Failed';
    expect(on(faults, functionName)).toMatchObject([
      { Threshold: 0, EvaluationPeriods: 3, Statistic: 'Sum' },
    ]);
    expect(on('Throttles', functionName)).toHaveLength(1);
    const [slow] = on('Duration', functionName);
    const [, { Properties }] = ofType(app, 'AWS::Lambda::Function').find(
      ([, one]) => one.Properties['FunctionName'] === functionName,
    )!;
    expect(slow.Threshold).toBe(Properties['Timeout'] * 800);
  });

  it.each(asynchronous)('sound for one dead letter of %s', (name) => {
    expect(on('ApproximateNumberOfMessagesVisible', `curfew-production-${name}-dead`)).toMatchObject([
      { Threshold: 0, EvaluationPeriods: 1 },
    ]);
  });

  it('sound when events are late, and when the API fails', () => {
    expect(on('IteratorAge', 'curfew-production-publish-events')).toMatchObject([{ Threshold: 300_000 }]);
    expect(on('5xx')).toHaveLength(1);
  });

  it('go to an e-mail address of the stage, or nowhere', () => {
    const byMail = synth(stageOf('production', { alarms: { email: 'ops@example.com' } })).stacks['app'];
    expect(ofType(byMail, 'AWS::SNS::Subscription').map(([, one]) => one.Properties)).toMatchObject([
      { Protocol: 'email', Endpoint: 'ops@example.com' },
    ]);
    // The topic's own policy takes the place of the one that lets the account's alarms in.
    const [policy] = ofType(byMail, 'AWS::SNS::TopicPolicy').map(([, one]) => one.Properties);
    expect(policy?.['PolicyDocument'].Statement).toContainEqual({
      Sid: 'AlarmsOfThisAccount',
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: 'sns:Publish',
      Resource: expect.anything(),
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    });
    const silent = ofType(synth(stageOf('production')).stacks['app'], 'AWS::CloudWatch::Alarm');
    expect(silent).toHaveLength(alarms.length);
    for (const [, one] of silent) expect(one.Properties['AlarmActions']).toBeUndefined();
  });
});

describe('the reconciler', () => {
  const rules = filled('AWS::Events::Rule');

  it('looks each minute, and by a queue halfway between', () => {
    const [schedule] = rules.filter((rule) => rule.ScheduleExpression);
    expect(schedule.ScheduleExpression).toBe('rate(1 minute)');
    expect(schedule.Targets.map((target: any) => target.Arn)).toEqual([
      live('reconcile'),
      queueArn('reconcile-halfway'),
    ]);
    const halfway = filled('AWS::SQS::Queue').find((queue) => queue.QueueName.endsWith('-halfway'));
    expect(halfway.DelaySeconds).toBe(30);
    expect(filled('AWS::Lambda::EventSourceMapping')).toContainEqual(
      expect.objectContaining({
        EventSourceArn: queueArn('reconcile-halfway'),
        FunctionName: 'curfew-production-reconcile:live',
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      }),
    );
  });

  it('looks at once when an execution of our machine ended without its grant', () => {
    expect(rules.find((rule) => rule.EventPattern?.source?.[0] === 'aws.states')).toMatchObject({
      EventPattern: {
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          status: ['FAILED', 'ABORTED', 'TIMED_OUT'],
          stateMachineArn: [`arn:aws:states:eu-central-1:${hub}:stateMachine:curfew-production-grant`],
        },
      },
      Targets: [{ Arn: live('reconcile') }],
    });
  });
});

describe('events', () => {
  it('go from the stream to the bus: new ones, in order, with a bad one set aside', () => {
    const stream = filled('AWS::Lambda::EventSourceMapping').find((one) => one.StartingPosition);
    expect(stream).toMatchObject({
      FunctionName: 'curfew-production-publish-events:live',
      StartingPosition: 'TRIM_HORIZON',
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 20,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    expect(JSON.parse(stream.FilterCriteria.Filters[0].Pattern)).toEqual({
      eventName: ['INSERT'],
      dynamodb: { NewImage: { kind: { S: ['event'] } } },
    });
  });

  it('go from our bus to notify', () => {
    const [rule] = filled('AWS::Events::Rule').filter((one) => one.EventBusName);
    expect(rule).toMatchObject({ EventBusName: 'curfew-production', EventPattern: { source: ['curfew'] } });
    expect(rule.Targets.map((target: any) => target.Arn)).toEqual([live('notify')]);
  });

  it('may be handed over by nobody but the rule, the queue and the API', () => {
    const may = filled('AWS::Lambda::Permission').map((one) => [one.Principal, Boolean(one.SourceArn)]);
    expect(new Set(may.map(String))).toEqual(
      new Set(['events.amazonaws.com,true', 'apigateway.amazonaws.com,true']),
    );
  });
});
