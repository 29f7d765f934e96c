/**
 * One function of Curfew: its bundle, an environment that is typed by its own `env.ts`, a role with the rights that the table
 * gives it and nothing else, its log, and its alarms. Everybody calls it by the alias `live`.
 */
import { Duration } from 'aws-cdk-lib';
import { type IMetric, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  Architecture,
  type CfnFunction,
  Code,
  Function as LambdaFunction,
  type IFunction,
  type IVersion,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type * as z from 'zod';
import { arnHere } from '../arn.ts';
import type { Stage } from '../config.ts';
import { calledFunctions, type FunctionName, stateFunctions } from '../function-names.ts';
import { live, metricNamespace, names } from '../names.ts';
import { acknowledge, everyResource } from '../reasons.ts';
import { addAlarm, perMinute } from './alarm.ts';
import { DeadLetters } from './dead-letters.ts';
import { addLog } from './log.ts';

export interface ServiceFunctionProps<Env extends z.ZodType> {
  stage: Stage;
  name: FunctionName;
  /** What its own `env.ts` asks for. */
  environment: z.input<Env>;
  /** The folder with its bundle. */
  bundle: string;
  timeoutSeconds: number;
  statements: PolicyStatement[];
  /** Nobody waits for its answer: what it could not handle is kept. */
  asynchronous?: boolean;
  /** In the stage's network, where it has one. */
  callsTargets?: boolean;
  topic: ITopic | undefined;
}

export class ServiceFunction<Env extends z.ZodType = z.ZodType> extends Construct {
  readonly function: LambdaFunction;
  readonly live: IFunction;
  private readonly dead: DeadLetters | undefined;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps<Env>) {
    super(scope, id);
    const { stage, name, topic } = props;
    const functionName = names.function(stage, name);
    this.dead = props.asynchronous
      ? new DeadLetters(this, 'Dead', { queueName: names.deadLetters(stage, name), topic })
      : undefined;
    this.function = new LambdaFunction(this, 'Function', {
      functionName,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(props.bundle),
      memorySize: 512,
      timeout: Duration.seconds(props.timeoutSeconds),
      tracing: Tracing.ACTIVE,
      loggingFormat: LoggingFormat.JSON,
      logGroup: addLog(this, stage, names.logGroup(stage, name)),
      role: this.role(props).withoutPolicyUpdates(),
      environment: { ...serviceEnvironment(functionName), ...(props.environment as Record<string, string>) },
      ...(this.dead && { deadLetterQueue: this.dead.queue }),
      ...(stage.reservedConcurrency[name] && {
        reservedConcurrentExecutions: stage.reservedConcurrency[name],
      }),
    });
    if (stage.vpc && props.callsTargets)
      (this.function.node.defaultChild as CfnFunction).vpcConfig = stage.vpc;
    // The casts: CDK's types are not made for exact optional properties.
    const version = this.function.currentVersion as IVersion;
    this.live = new Alias(this, 'Live', { aliasName: live, version }) as IFunction;
    this.watch(props);
  }

  /** Where that ends which it could not handle: for what calls it without waiting. */
  get deadLetters(): Queue {
    if (!this.dead) throw new Error(`${this.node.path} is not asynchronous: it has no dead letters`);
    return this.dead.queue;
  }

  /** Its name is known to target accounts, which trust it by name. */
  private role({ stage, name, statements, callsTargets }: ServiceFunctionProps<Env>): Role {
    const own = [
      allow(
        ['logs:CreateLogStream', 'logs:PutLogEvents'],
        [arnHere('logs', `log-group:${names.logGroup(stage, name)}:log-stream:*`)],
      ),
      allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], ['*']),
      ...(this.dead ? [allow(['sqs:SendMessage'], [this.dead.queue.queueArn])] : []),
      ...(stage.vpc && callsTargets ? [allow(networkActions, ['*'])] : []),
    ];
    const role = new Role(this, 'Role', {
      roleName: names.function(stage, name),
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { rights: new PolicyDocument({ statements: [...own, ...statements] }) },
    });
    acknowledge(role, {
      'AwsSolutions-IAM5[Resource::*]': Object.entries(everyResource)
        .filter(([action]) => own.some((one) => one.resources.includes('*') && one.actions.includes(action)))
        .map(([, reason]) => reason)
        .join(' '),
      [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:${names.logGroup(stage, name)}:log-stream:*]`]:
        'Lambda names the streams of the function’s own log group.',
      [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:${names.secretPrefix(stage)}*]`]:
        'Secrets of targets are made by their owners, under the prefix of the stage: integrations come and go without a change of rights.',
    });
    return role;
  }

  private watch({ stage, name, timeoutSeconds, topic }: ServiceFunctionProps<Env>): void {
    addAlarm(this, 'Errors', {
      metric: countingItself.includes(name)
        ? failed(names.function(stage, name))
        : this.function.metricErrors(perMinute),
      above: 0,
      minutes: 3,
      description: `${name} fails: its log says with which error.`,
      topic,
    });
    addAlarm(this, 'Throttles', {
      metric: this.function.metricThrottles(perMinute),
      above: 0,
      minutes: 5,
      description: `${name} is not let run for minutes: raise the account's concurrency, or the stage's reservation.`,
      topic,
    });
    addAlarm(this, 'Slow', {
      metric: this.function.metricDuration({ ...perMinute, statistic: Stats.MAXIMUM }),
      above: timeoutSeconds * 1000 * 0.8,
      minutes: 3,
      description: `${name} comes near its time-out of ${timeoutSeconds} s.`,
      topic,
    });
  }
}

/**
 * A state's function says by an error, too, what is not due or has not settled; one that the API calls never throws. They count
 * themselves what is a fault.
 */
const countingItself: readonly FunctionName[] = [...stateFunctions, ...calledFunctions];

function failed(functionName: string): IMetric {
  return new Metric({
    namespace: metricNamespace,
    metricName: 'Failed',
    dimensionsMap: { service: functionName },
    statistic: Stats.SUM,
    ...perMinute,
  });
}

function serviceEnvironment(functionName: string): Record<string, string> {
  return {
    POWERTOOLS_SERVICE_NAME: functionName,
    POWERTOOLS_METRICS_NAMESPACE: metricNamespace,
    POWERTOOLS_LOG_LEVEL: 'INFO',
  };
}

const networkActions = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

function allow(actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources });
}
