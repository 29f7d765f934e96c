/** An audit event as the API shows it: the stored line's fields, in their order, and its hash. */
import * as z from 'zod';
import { Event, type StoredEvent } from '../model/events.ts';

export const EventView = z
  .object({
    ...Event.shape,
    hash: z.string().meta({ description: 'SHA-256, in hex, over the event’s JSON without this field.' }),
  })
  .meta({ id: 'Event' });
export type EventView = z.infer<typeof EventView>;

export function eventView(stored: StoredEvent): EventView {
  return { ...(JSON.parse(stored.line) as Event), hash: stored.hash };
}
