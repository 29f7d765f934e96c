/** What emulator/launcher.py mends, by real state machines, functions and roles: the emulator does as AWS does. */
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { Duration, type Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { beforeAll, expect, it } from 'vitest';
import { hubAccount, region } from '../../emulator/start.ts';
import { clientConfig, describeOnEmulator } from '../support/emulator.ts';
import { deployStack } from '../support/emulator-stack.ts';
import { until } from '../support/until.ts';

describeOnEmulator('the emulator, mended', () => {
  const sfn = new SFNClient(clientConfig());

  beforeAll(() => deployStack('launcher', fill), 120_000);

  it('times a callback out at the second that the state data names', async () => {
    const { output, seconds } = await run('waits', { seconds: 3 });
    expect(output).toMatchObject({ error: { Error: 'States.Timeout' } });
    expect(seconds).toBeGreaterThanOrEqual(3);
    expect(seconds).toBeLessThan(4.5);
  });

  it('knows what a function throws by its name, and retries by it', async () => {
    const { output, arn } = await run('retries', { throws: 'Settling' });
    expect(output).toMatchObject({ error: { Error: 'Settling' } });
    expect(await tries(arn)).toBe(3);
  });

  it('does not retry what has another name', async () => {
    const { output, arn } = await run('retries', { throws: 'TargetRefused' });
    expect(output).toMatchObject({ error: { Error: 'TargetRefused' } });
    expect(await tries(arn)).toBe(1);
  });

  it('ends a callback at once when its function throws', async () => {
    const { output, seconds } = await run('waits', { seconds: 60, throws: 'TargetUnavailable' });
    expect(output).toMatchObject({ error: { Error: 'TargetUnavailable' } });
    expect(seconds).toBeLessThan(10);
  });

  it('lets a role call back to the machine that its policy names', async () => {
    const { output } = await run('waits', { seconds: 20, callsBack: true });
    expect(output).toEqual({ calledBack: true });
  });

  it('refuses that to any other machine', async () => {
    const { output } = await run('others', { seconds: 20, callsBack: true });
    expect(output).toMatchObject({ error: { Error: 'AccessDeniedException' } });
  });

  /** Runs a machine to its end. */
  async function run(machine: string, input: object) {
    const stateMachineArn = machineArn(machine);
    const { executionArn: arn } = await sfn.send(
      new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }),
    );
    let ended: DescribeExecutionCommandOutput | undefined;
    await until(async () => {
      ended = await sfn.send(new DescribeExecutionCommand({ executionArn: arn }));
      return ended.status !== 'RUNNING';
    }, 30);
    const seconds = ((ended?.stopDate?.getTime() ?? 0) - (ended?.startDate?.getTime() ?? 0)) / 1000;
    return { arn, seconds, output: JSON.parse(ended?.output ?? 'null') as unknown };
  }

  async function tries(executionArn: string | undefined): Promise<number> {
    const { events } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
    return events?.filter(({ type }) => type === 'TaskScheduled').length ?? 0;
  }
});

/** Throws by the name it is told, or calls back with the rights of its own role, or does nothing. */
const code = `
exports.handler = async ({ token, told }) => {
  const { throws, callsBack } = told;
  if (throws) throw Object.assign(new Error('as told'), { name: throws });
  if (!callsBack) return;
  const { SFNClient, SendTaskSuccessCommand } = require('@aws-sdk/client-sfn');
  await new SFNClient({}).send(new SendTaskSuccessCommand({ taskToken: token, output: '{"calledBack":true}' }));
};`;

function fill(stack: Stack): void {
  const runtime = Runtime.NODEJS_24_X;
  const timeout = Duration.seconds(10);
  const target = new LambdaFunction(stack, 'Function', {
    runtime,
    timeout,
    handler: 'index.handler',
    code: Code.fromInline(code),
  });
  target.addToRolePolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      actions: ['states:SendTaskSuccess'],
      resources: [machineArn('waits')],
    }),
  );
  const machines = { waits: waiting(), others: waiting(), retries: retrying() };
  for (const [name, state] of Object.entries(machines)) {
    const definition = { StartAt: 'Try', States: { Try: state, Done: { Type: 'Succeed' } } };
    const machine = new StateMachine(stack, name, {
      stateMachineName: `launcher-${name}`,
      definitionBody: DefinitionBody.fromString(JSON.stringify(definition)),
      definitionSubstitutions: { Function: target.functionArn },
    });
    target.grantInvoke(machine);
  }
}

function machineArn(name: string): string {
  return `arn:aws:states:${region}:${hubAccount}:stateMachine:launcher-${name}`;
}

const caught = {
  Next: 'Done',
  Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Done' }],
};

function waiting() {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Parameters: { FunctionName: '${Function}', Payload: { 'token.$': '$$.Task.Token', 'told.$': '$' } },
    TimeoutSecondsPath: '$.seconds',
    ...caught,
  };
}

function retrying() {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: '${Function}', Payload: { 'told.$': '$' } },
    TimeoutSeconds: 20,
    Retry: [{ ErrorEquals: ['Settling'], IntervalSeconds: 1, MaxAttempts: 2, BackoffRate: 1 }],
    ...caught,
  };
}
