/** Puts what happened on the event bus, in the order it is handed over, as many at once as EventBridge takes. */
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { clientOptions } from './client-options.ts';

export interface BusEvent {
  /** The type of the event: by it, rules choose. */
  type: string;
  /** An ISO instant: when it happened. */
  at: string;
  detail: string;
}

export interface EventBus {
  /** Answers for each event whether the bus took it. Throws nothing: an event that was not taken is handed over again. */
  put(events: BusEvent[]): Promise<boolean[]>;
}

export interface EventBusOptions {
  busName: string;
  client?: EventBridgeClient;
}

/** Limits of one PutEvents, with room for what is counted besides the text. */
const mostEntries = 10;
const mostBytes = 250_000;

export function createEventBus({
  busName,
  client = new EventBridgeClient(clientOptions),
}: EventBusOptions): EventBus {
  return {
    async put(events) {
      const taken: boolean[] = [];
      for (const batch of batches(events)) {
        taken.push(
          ...(await putBatch(
            client,
            batch.map((event) => entryOf(busName, event)),
          )),
        );
        // Those behind an event that was not taken wait for it.
        if (taken.includes(false)) break;
      }
      return events.map((_, i) => taken[i] === true);
    },
  };
}

function* batches(events: BusEvent[]): Generator<BusEvent[]> {
  let batch: BusEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const size = sizeOf(event);
    if (batch.length === mostEntries || (batch.length > 0 && bytes + size > mostBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(event);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

/** As EventBridge counts: 14 bytes for the time, then the texts. */
function sizeOf({ type, detail }: BusEvent): number {
  return 14 + source.length + Buffer.byteLength(type) + Buffer.byteLength(detail);
}

const source = 'curfew';

function entryOf(busName: string, { type, at, detail }: BusEvent): PutEventsRequestEntry {
  return { EventBusName: busName, Source: source, DetailType: type, Time: new Date(at), Detail: detail };
}

async function putBatch(client: EventBridgeClient, entries: PutEventsRequestEntry[]): Promise<boolean[]> {
  const answer = await client.send(new PutEventsCommand({ Entries: entries })).catch(() => undefined);
  return entries.map(
    (_, i) => answer?.Entries?.[i] !== undefined && answer.Entries[i].ErrorCode === undefined,
  );
}
