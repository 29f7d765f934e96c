/**
 * Reads of IAM that lag behind its writes: what was deleted looks present still, and what is new looks absent. It watches
 * every call, and answers a read as the same read was answered before the first write in the time of the lag.
 */
import { type AwsCall, type WireAnswer, wireError } from './aws-wire.ts';

export interface StaleReads {
  /** A call was answered. */
  saw(call: AwsCall, answer: WireAnswer): void;
  /** What this read would have been told that many seconds ago, where that differs from now. */
  before(call: AwsCall, seconds: number): WireAnswer | undefined;
}

interface Seen {
  at: number;
  call: AwsCall;
  answer: WireAnswer;
}

/** `now` in milliseconds: on a clock of the test's own a lag passes without waiting for it. */
export function createStaleReads(now: () => number): StaleReads {
  const seen: Seen[] = [];
  return {
    saw: (call, answer) => void seen.push({ at: now(), call, answer }),
    before(call, seconds) {
      if (!isRead(call)) return undefined;
      const from = now() - seconds * 1000;
      const about = seen.filter((one) => isSame(one.call, call) || isWriteAbout(one, call));
      const first = about.findIndex((one) => one.at >= from && !isRead(one.call));
      const write = about[first];
      if (!write) return undefined;
      const last = about[first - 1];
      if (last && isSame(last.call, call)) return last.answer;
      // Nobody looked just before. What this write made was not there; of anything else nothing is known.
      return makes(write.call, call)
        ? wireError(call, 404, 'NoSuchEntity', 'It cannot be found.')
        : undefined;
    },
  };
}

function isWriteAbout({ call, answer }: Seen, read: AwsCall): boolean {
  return !isRead(call) && answer.status < 300 && concerns(call, read);
}

function isRead({ service, action }: AwsCall): boolean {
  return service === 'iam' && /^(Get|List|Simulate)/.test(action);
}

/** Made the write the very thing that the read is about? */
function makes(write: AwsCall, read: AwsCall): boolean {
  const name = /^Create(Role|User|Group)$/.exec(write.action)?.[1];
  return name !== undefined && read.params[`${name}Name`] !== undefined;
}

const names = ['RoleName', 'UserName', 'GroupName', 'PolicyArn'];

/** Is it about something that the read is about? A list of all of a kind is about each of them. */
function concerns(write: AwsCall, read: AwsCall): boolean {
  if (write.service !== 'iam') return false;
  const named = names.filter((name) => read.params[name] !== undefined);
  return named.length === 0 || named.some((name) => write.params[name] === read.params[name]);
}

function isSame(one: AwsCall, other: AwsCall): boolean {
  return JSON.stringify(one.params) === JSON.stringify(other.params) && one.service === other.service;
}
