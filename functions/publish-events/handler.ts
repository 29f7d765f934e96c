/** Table stream -> event bus: every audit event, in order. At least once: who listens knows an event again by its id. */
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { createEventBus } from '../../shared/aws/event-bus.ts';
import { readEnv } from '../../shared/lambda/env.ts';
import { type BatchAnswer, eventHandler, failedItems } from '../../shared/lambda/event-handler.ts';
import { log } from '../../shared/lambda/log.ts';
import { Env } from './env.ts';
import { busEventOf, isNewEvent, StreamRecord } from './stream-event.ts';

const bus = createEventBus({ busName: readEnv(Env).BUS_NAME });

/** The first record that did not go out comes again, and all after it: their order is kept. */
export const handler = eventHandler(async (event: DynamoDBStreamEvent): Promise<BatchAnswer> => {
  const { records, unreadable } = read(event);
  const taken = await bus.put(records.map((record) => record.event));
  const missed = records[taken.indexOf(false)]?.id ?? unreadable;
  log('info', 'events published', { records: taken.filter(Boolean).length });
  return failedItems(missed === undefined ? [] : [missed]);
});

/** Up to the first that cannot be read. */
function read({ Records }: DynamoDBStreamEvent) {
  const records: { id: string; event: ReturnType<typeof busEventOf> }[] = [];
  for (const raw of Records) {
    const id = raw.dynamodb?.SequenceNumber ?? '';
    try {
      const record = StreamRecord.parse(raw);
      if (isNewEvent(record)) records.push({ id, event: busEventOf(record) });
    } catch {
      return { records, unreadable: id };
    }
  }
  return { records, unreadable: undefined };
}
