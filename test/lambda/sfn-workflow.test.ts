/** What Step Functions says of a wait that is over, as AWS documents it: the emulator says less (test/emulator/sfn-workflow.test.ts). */
import { SendTaskSuccessCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { InvalidToken, TaskDoesNotExist, TaskTimedOut } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, it } from 'vitest';
import { createSfnWorkflow } from '../../shared/aws/sfn-workflow.ts';

const client = new SFNClient({ region: 'eu-west-1' });
const service = mockClient(client);
const workflow = createSfnWorkflow({ machineArn: 'arn:aws:states:x', client });
const step = { schema: 1, grantId: 'gr_1', status: 'active', waitSeconds: 1 } as const;

it.each([TaskTimedOut, TaskDoesNotExist, InvalidToken])(
  'a wait that is over is not woken: %o',
  async (Kind) => {
    service.on(SendTaskSuccessCommand).rejects(new Kind({ message: 'token hunter2', $metadata: {} }));
    expect(await workflow.wake('hunter2', step)).toBe(false);
  },
);

it.each([
  ['ThrottlingException', 'Throttled'],
  ['AccessDeniedException', 'Unavailable'],
  ['TimeoutError', 'Unavailable'],
  ['InvalidOutput', 'Unavailable'],
])('%s is %s, and its words are not ours', async (name, code) => {
  const error = Object.assign(new Error('token hunter2'), { name });
  service.on(SendTaskSuccessCommand).rejects(error).on(StartExecutionCommand).rejects(error);
  for (const call of [() => workflow.wake('hunter2', step), () => workflow.start('gr_1', step)])
    await expect(call()).rejects.toMatchObject({ code, message: expect.not.stringContaining('hunter2') });
});
