/** An audit event as the table's stream carries it, and as it goes out: the fields that were hashed, and their hash beside them. */
import * as z from 'zod';
import type { BusEvent } from '../../shared/aws/event-bus.ts';
import { Event, StoredEvent } from '../../shared/model/events.ts';

/** Of a record of the stream, what counts here. The stack filters by the same: only new items, only events. */
export const StreamRecord = z.looseObject({
  eventName: z.string(),
  dynamodb: z.looseObject({
    SequenceNumber: z.string(),
    NewImage: z.looseObject({
      kind: z.looseObject({ S: z.string() }),
      data: z.looseObject({ S: z.string() }),
    }),
  }),
});
export type StreamRecord = z.infer<typeof StreamRecord>;

/** More than this the bus does not take as one event. What was changed in so large a change is read where it is stored. */
const mostBytes = 240_000;

export function isNewEvent({ eventName, dynamodb }: StreamRecord): boolean {
  return eventName === 'INSERT' && dynamodb.NewImage.kind.S === 'event';
}

/** Throws where the record holds no event: it stays in the stream until it is in the dead-letter queue. */
export function busEventOf({ dynamodb }: StreamRecord): BusEvent {
  const { line, hash } = StoredEvent.parse(JSON.parse(dynamodb.NewImage.data.S));
  const event = Event.parse(JSON.parse(line));
  const whole = JSON.stringify({ ...event, hash });
  const detail =
    Buffer.byteLength(whole) <= mostBytes
      ? whole
      : JSON.stringify({ ...event, details: { omitted: 'too large for the bus' }, hash });
  return { type: event.type, at: event.at, detail };
}
