/** A deployment is told by what became of its stacks, not by what the CDK command line says of them. */
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { mustBeComplete } from '../../emulator/stack-status.ts';
import { hubAccount, region } from '../../emulator/start.ts';
import { describeOnEmulator, emulatorUrl } from '../support/emulator.ts';
import { until } from '../support/until.ts';

/** The emulator may be one that ran these tests before. */
const suffix = randomUUID().slice(0, 8);
const topic = { Type: 'AWS::SNS::Topic' };
const handle = { Type: 'AWS::CloudFormation::WaitConditionHandle' };
const waitFor = (seconds: number) => ({
  Type: 'AWS::CloudFormation::WaitCondition',
  Properties: { Handle: { Ref: 'Handle' }, Timeout: String(seconds) },
});

describeOnEmulator('a stack', () => {
  const check = (name: string) => mustBeComplete(emulatorUrl(), hubAccount, `${name}-${suffix}`);

  it('is deployed when it is complete', async () => {
    await create('status-complete', { Topic: topic });
    await until(
      () =>
        check('status-complete').then(
          () => true,
          () => false,
        ),
      10,
    );
  });

  it('is not while another deployment is under way', async () => {
    await create('status-under-way', { Handle: handle, Wait: waitFor(60) });
    await expect(check('status-under-way')).rejects.toThrow(/is CREATE_IN_PROGRESS: an earlier deployment/);
  });

  it('is not when its change was taken back', async () => {
    await create('status-taken-back', { Handle: handle, Wait: waitFor(1) });
    await until(async () => {
      const failure: unknown = await check('status-taken-back').catch((error: unknown) => error);
      return /is ROLLBACK_COMPLETE: its last change failed/.test(String(failure));
    }, 20);
  });

  it('is not when there is none', async () => {
    await expect(check('status-none')).rejects.toThrow(/does not say what became of status-none/);
  });
});

async function create(name: string, Resources: object): Promise<void> {
  const scope = `${hubAccount}/20260101/${region}/cloudformation/aws4_request`;
  const answer = await fetch(emulatorUrl(), {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`,
      'x-amz-date': '20260101T000000Z',
    },
    body: new URLSearchParams({
      Action: 'CreateStack',
      Version: '2010-05-15',
      StackName: `${name}-${suffix}`,
      TemplateBody: JSON.stringify({ Resources }),
    }),
  });
  expect(answer.status).toBe(200);
}
