/** Why the reconciler is called: it is time to look, or an execution ended without its grant. */
import * as z from 'zod';

export type Occasion = { kind: 'tick' } | { kind: 'ended'; execution: string; machineArn: string };

/** How an execution ends that did not do its work. Succeeded ones did. */
const Ended = z.looseObject({
  'detail-type': z.literal('Step Functions Execution Status Change'),
  detail: z.looseObject({
    status: z.enum(['FAILED', 'ABORTED', 'TIMED_OUT']),
    name: z.string(),
    stateMachineArn: z.string(),
  }),
});

/** Anything else is a tick: to look once more than needed costs nothing, not to look might. */
export function occasionOf(event: unknown): Occasion {
  const ended = Ended.safeParse(event).data?.detail;
  if (!ended) return { kind: 'tick' };
  return { kind: 'ended', execution: ended.name, machineArn: ended.stateMachineArn };
}

export interface Message {
  id: string;
  occasion: Occasion;
}

const Queue = z.looseObject({
  Records: z.array(
    z.looseObject({ eventSource: z.literal('aws:sqs'), messageId: z.string(), body: z.string() }),
  ),
});

/** The messages of a queue's batch; undefined for what comes straight from the bus. */
export function messagesOf(event: unknown): Message[] | undefined {
  const batch = Queue.safeParse(event).data;
  return batch?.Records.map(({ messageId, body }) => ({ id: messageId, occasion: occasionOf(parse(body)) }));
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
