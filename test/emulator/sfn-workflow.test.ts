/** The workflow port on Step Functions: started once however often it is asked, woken by its token, and nobody wakes the dead. */
import { randomBytes } from 'node:crypto';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetActivityTaskCommand,
  ListExecutionsCommand,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { clientOptions } from '../../shared/aws/client-options.ts';
import { createSfnWorkflow } from '../../shared/aws/sfn-workflow.ts';
import type { Step, Workflow } from '../../shared/ports.ts';
import { clientConfig, describeOnEmulator, emulatorUrl } from '../support/emulator.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { until } from '../support/until.ts';

const step = (waitSeconds: number): Step => ({ schema: 1, grantId: 'gr_1', status: 'active', waitSeconds });
const fresh = () => `gr_${randomBytes(8).toString('hex')}`;

describeOnEmulator('the workflow on Step Functions', () => {
  let client: SFNClient;
  let machineArn: string;
  let activityArn: string;
  let workflow: Workflow;
  let proxy: FaultProxy | undefined;
  /** A machine of one state that waits for whoever has its token. */
  beforeAll(async () => {
    const name = `curfew-test-${randomBytes(6).toString('hex')}`;
    client = new SFNClient(clientConfig());
    const trust = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    };
    const { Role } = await new IAMClient(clientConfig()).send(
      new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) }),
    );
    const activity = await client.send(new CreateActivityCommand({ name }));
    activityArn = activity.activityArn ?? '';
    const states = {
      Hold: { Type: 'Task', Resource: activityArn, TimeoutSeconds: 60, End: true },
    };
    const made = await client.send(
      new CreateStateMachineCommand({
        name,
        roleArn: Role?.Arn,
        definition: JSON.stringify({ StartAt: 'Hold', States: states }),
      }),
    );
    machineArn = made.stateMachineArn ?? '';
    workflow = createSfnWorkflow({ machineArn, client });
  });
  afterEach(async () => {
    await proxy?.close();
    proxy = undefined;
  });

  const arnOf = (name: string) => `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  const describeIt = (name: string) =>
    client.send(new DescribeExecutionCommand({ executionArn: arnOf(name) }));
  /** The token of the next wait, as its function is handed it. */
  const token = async () => (await client.send(new GetActivityTaskCommand({ activityArn }))).taskToken ?? '';
  /** The port as a function has it, behind faults. */
  const behindFaults = async () => {
    proxy = await startFaultProxy({ target: emulatorUrl() });
    const faulty = new SFNClient({ ...clientOptions, ...clientConfig(undefined, proxy.url) });
    return { proxy, workflow: createSfnWorkflow({ machineArn, client: faulty }) };
  };

  it('starts an execution with the step as its input', async () => {
    const name = fresh();
    await workflow.start(name, step(60));
    expect(JSON.parse((await describeIt(name)).input ?? '')).toEqual(step(60));
    await workflow.wake(await token(), step(0));
  });

  it('takes a second start of one name as done, though the seconds left are others', async () => {
    const name = fresh();
    await workflow.start(name, step(60));
    await workflow.start(name, step(59));
    expect(JSON.parse((await describeIt(name)).input ?? '')).toEqual(step(60));
    const { executions } = await client.send(new ListExecutionsCommand({ stateMachineArn: machineArn }));
    expect(executions?.filter((one) => one.name === name)).toHaveLength(1);
    await workflow.wake(await token(), step(0));
  });

  it('leaves the name of an execution taken when it is over', async () => {
    const name = fresh();
    await workflow.start(name, step(60));
    await client.send(new StopExecutionCommand({ executionArn: arnOf(name) }));
    await workflow.start(name, step(59));
    expect((await describeIt(name)).status).toBe('ABORTED');
  });

  it('wakes a wait with the step, once', async () => {
    const name = fresh();
    await workflow.start(name, step(60));
    const its = await token();
    expect(await workflow.wake(its, step(7))).toBe(true);
    await until(async () => (await describeIt(name)).status === 'SUCCEEDED', 10, 50);
    expect(JSON.parse((await describeIt(name)).output ?? '')).toEqual(step(7));
    expect(await workflow.wake(its, step(8))).toBe(false);
  });

  // Of a wait that is over or stopped the emulator does not know that it is: test/lambda/sfn-workflow.test.ts.
  it('wakes nobody by a token of no wait', async () => {
    expect(await workflow.wake('nobody-has-this', step(1))).toBe(false);
  });

  it('starts once where the answer to a start is lost, or the service is throttled for a moment', async () => {
    const { workflow: faulty, proxy: here } = await behindFaults();
    for (const kind of ['answer lost', 'throttled'] as const) {
      here.rules([{ fault: { kind }, nth: [1] }]);
      const name = fresh();
      await faulty.start(name, step(60));
      expect((await describeIt(name)).status).toBe('RUNNING');
      await workflow.wake(await token(), step(0));
    }
  });

  it('says Throttled or Unavailable where that goes on, in our words', async () => {
    const { workflow: faulty, proxy: here } = await behindFaults();
    here.rules([{ fault: { kind: 'throttled' } }]);
    await expect(faulty.start(fresh(), step(1))).rejects.toMatchObject({ code: 'Throttled' });
    here.rules([{ fault: { kind: 'failed', status: 503 } }]);
    await expect(faulty.wake('some-token', step(1))).rejects.toMatchObject({
      code: 'Unavailable',
      message: expect.not.stringContaining('some-token'),
    });
  });

  it('of a function that only wakes starts nothing', async () => {
    const waking = createSfnWorkflow({ client });
    await expect(waking.start(fresh(), step(1))).rejects.toMatchObject({ code: 'Internal' });
  });
});
