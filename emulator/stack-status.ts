/** Asks the emulator what became of a stack: the CDK command line says "no changes" of one that an earlier deployment left half-way, too. */
import { CurfewError } from '../shared/model/errors.ts';
import { region } from './start.ts';

/** Throws `Unavailable` with the status, and what to do, where the stack is not as its template wants it. */
export async function mustBeComplete(url: string, account: string, stack: string): Promise<void> {
  const status = await statusOf(url, account, stack);
  if (status.endsWith('_COMPLETE') && !/ROLLBACK|DELETE/.test(status)) return;
  const advice = status.endsWith('_IN_PROGRESS')
    ? 'an earlier deployment is still under way. Deploy again when it has ended; where it does not end, start the emulator anew'
    : 'its last change failed. Deploy again with --verbose to see why; where that finds no changes, start the emulator anew';
  throw new CurfewError('Unavailable', `The stack ${stack} is ${status}: ${advice}.`);
}

/** The emulator takes any signature: what counts is the key id, which is the root of its account. */
async function statusOf(url: string, account: string, stack: string): Promise<string> {
  const day = '20260101';
  const scope = `${account}/${day}/${region}/cloudformation/aws4_request`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=none`,
      'x-amz-date': `${day}T000000Z`,
    },
    body: new URLSearchParams({ Action: 'DescribeStacks', Version: '2010-05-15', StackName: stack }),
  });
  const said = await answer.text();
  const status = /<StackStatus>([A-Z_]+)<\/StackStatus>/.exec(said)?.[1];
  if (status) return status;
  throw new CurfewError(
    'Unavailable',
    `The emulator does not say what became of ${stack}: ${said.slice(0, 500)}`,
  );
}
