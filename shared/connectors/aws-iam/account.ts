/** One call's way to an AWS account: each request is made by the connector role of its duty, in time, on what is ours alone. */
import type {
  $Command,
  IAMClient,
  IAMClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-iam';
import type { Clock } from '../../ports.ts';
import type { Call } from '../contract.ts';
import { demandOurs } from './demand-ours.ts';
import { connectorRoleArn, type Duty } from './names.ts';
import { remainingMs } from './remaining-ms.ts';
import type { Sessions } from './sessions.ts';
import type { AwsIamTarget } from './target.ts';
import { hadNoEffect, isStaleSession, translateError } from './translate-error.ts';

type Command<I extends ServiceInputTypes, O extends ServiceOutputTypes> = $Command<
  I,
  O,
  IAMClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes
>;

export interface Account {
  call: Call;
  target: AwsIamTarget;
  /** A request that changes nothing. The reader's, but where a duty reads for itself. */
  read<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
    command: Command<I, O>,
    duty?: Duty,
  ): Promise<O>;
  /** A request that changes something, refused here already where that is not Curfew's. */
  change<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
    duty: Duty,
    command: Command<I, O>,
  ): Promise<O>;
  /** Opens a session of the duty anew, whatever is open already, or throws why it cannot be opened. */
  tryDuty(duty: Duty): Promise<void>;
}

interface Way {
  call: Call;
  target: AwsIamTarget;
  sessions: Sessions;
  clock: Clock;
  /** Requests that may have had an effect. While there are none, whatever fails is certain to have had none. */
  effects: number;
}

export function openAccount(call: Call, target: AwsIamTarget, sessions: Sessions, clock: Clock): Account {
  const way: Way = { call, target, sessions, clock, effects: 0 };
  return {
    call,
    target,
    read: (command, duty = 'reader') =>
      told(way, duty, async () => (await openClient(way, duty)).send(command, bounds(way))),
    change: (duty, command) =>
      told(way, duty, async () => {
        demandOurs(command.input, target.account, call.installation);
        const client = await openClient(way, duty);
        const options = bounds(way);
        way.effects += 1;
        return client.send(command, options).catch((error: unknown) => {
          if (hadNoEffect(error)) way.effects -= 1;
          throw error;
        });
      }),
    tryDuty: (duty) =>
      told(way, duty, async () => {
        sessions.forget(target, call.installation, duty);
        await openClient(way, duty);
      }),
  };
}

/** Everything that fails is told in our own words. */
async function told<T>(way: Way, duty: Duty, work: () => Promise<T>): Promise<T> {
  const { call, target, sessions } = way;
  try {
    return await work();
  } catch (error) {
    if (isStaleSession(error)) sessions.forget(target, call.installation, duty);
    throw translateError(error, {
      as: connectorRoleArn(target.account, call.installation, duty),
      account: target.account,
      certain: way.effects === 0,
      aborted: call.signal.aborted,
    });
  }
}

/** Others may wait for the same session: it is opened to its end, though this call no longer waits. */
function openClient(way: Way, duty: Duty): Promise<IAMClient> {
  const { call, target, sessions } = way;
  const { abortSignal } = bounds(way);
  const opening = sessions.client(target, call.installation, duty);
  return new Promise((resolve, reject) => {
    const stop = () => reject(abortSignal.reason as Error);
    abortSignal.addEventListener('abort', stop, { once: true });
    opening.then(resolve, reject).finally(() => abortSignal.removeEventListener('abort', stop));
  });
}

/** Throws when the call is stopped or its time is over. */
function bounds({ call, clock, effects }: Way): { abortSignal: AbortSignal } {
  const ms = remainingMs(call, clock, effects === 0);
  return { abortSignal: AbortSignal.any([call.signal, AbortSignal.timeout(ms)]) };
}
