/** The table's stream to the bus: in order, at least once, and what the bus does not take comes again. */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { DynamoDBRecord } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { sealEvent } from '../../shared/lifecycle/items.ts';
import type { Event } from '../../shared/model/events.ts';
import { captureOutput, entriesOf } from '../support/capture-output.ts';
import { lambdaContext } from '../support/lambda-context.ts';

vi.stubEnv('BUS_NAME', 'curfew-test');
vi.stubEnv('AWS_REGION', 'eu-west-1');
const { handler } = await import('../../functions/publish-events/handler.ts');

const bridge = mockClient(EventBridgeClient);
beforeEach(() => {
  bridge.reset();
  bridge
    .on(PutEventsCommand)
    .callsFake(async ({ Entries }) => ({ Entries: Entries.map(() => ({ EventId: 'x' })) }));
});

function anEvent(seq: number, details: Record<string, unknown> = {}): Event {
  return {
    schema: 1,
    id: `gr_1-${seq}`,
    grantId: 'gr_1',
    requestId: 'rq_1',
    seq,
    type: 'AccessGranted',
    at: '2026-11-25T02:00:00.000Z',
    actor: { kind: 'system', id: 'curfew' },
    before: 'granting',
    after: 'active',
    correlationId: 'c',
    details,
    prevHash: '0'.repeat(64),
  };
}

function record(
  seq: number,
  more: { eventName?: string; kind?: string; data?: string; details?: object } = {},
) {
  const { eventName = 'INSERT', kind = 'event', details = {} } = more;
  const data = more.data ?? JSON.stringify(sealEvent(anEvent(seq, { ...details })));
  return {
    eventName,
    dynamodb: { SequenceNumber: `n${seq}`, NewImage: { kind: { S: kind }, data: { S: data } } },
  } as DynamoDBRecord;
}

const publish = (...records: DynamoDBRecord[]) =>
  captureOutput(() => handler({ Records: records }, lambdaContext()));
const sent = () => bridge.commandCalls(PutEventsCommand).map(({ args }) => args[0].input.Entries ?? []);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => record(i + 1));

describe('events of the table', () => {
  it('go out as they are stored, with their hash, by their type', async () => {
    const { result } = await publish(record(1, { details: { n: 1 } }));
    expect(result).toEqual({ batchItemFailures: [] });
    const [[entry]] = sent() as [[{ Detail: string }]];
    expect(entry).toMatchObject({
      EventBusName: 'curfew-test',
      Source: 'curfew',
      DetailType: 'AccessGranted',
    });
    const event = anEvent(1, { n: 1 });
    expect(JSON.parse(entry.Detail)).toEqual({ ...event, hash: sealEvent(event).hash });
  });

  it('go out in order, ten at a time', async () => {
    await publish(...upTo(23));
    expect(sent().map((batch) => batch.length)).toEqual([10, 10, 3]);
    const seqs = sent().flatMap((batch) => batch.map(({ Detail }) => (JSON.parse(Detail!) as Event).seq));
    expect(seqs).toEqual(Array.from({ length: 23 }, (_, i) => i + 1));
  });

  it('are fewer at a time where they are large: 256 KB is the most', async () => {
    const details = { text: 'x'.repeat(100_000) };
    await publish(...[1, 2, 3].map((seq) => record(seq, { details })));
    expect(sent().map((batch) => batch.length)).toEqual([2, 1]);
  });

  it('go out without their details where one alone is too large', async () => {
    const { result } = await publish(record(1, { details: { text: 'ü'.repeat(150_000) } }), record(2));
    expect(result).toEqual({ batchItemFailures: [] });
    const [entry] = sent().flat();
    expect(JSON.parse(entry!.Detail!)).toMatchObject({
      id: 'gr_1-1',
      details: { omitted: 'too large for the bus' },
    });
    expect(sent().flat()).toHaveLength(2);
  });

  it('are not other items, nor changes of items', async () => {
    await publish(record(1, { kind: 'grant' }), record(2, { eventName: 'MODIFY' }));
    expect(sent()).toEqual([]);
  });
});

describe('the first that the bus does not take', () => {
  it('comes again with all after it, and nothing behind it goes before it', async () => {
    bridge.on(PutEventsCommand).callsFake(async ({ Entries }) => ({
      FailedEntryCount: 1,
      Entries: (Entries as { Detail: string }[]).map(({ Detail }) =>
        (JSON.parse(Detail) as Event).seq === 4 ? { ErrorCode: 'ThrottlingException' } : { EventId: 'x' },
      ),
    }));
    const { result } = await publish(...upTo(23));
    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'n4' }] });
    expect(sent()).toHaveLength(1);
  });

  it('may be the first of all, where the bus does not answer', async () => {
    bridge.on(PutEventsCommand).rejects(new Error('no'));
    const { result } = await publish(...upTo(3));
    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'n1' }] });
  });

  it('may lie in a later batch', async () => {
    let calls = 0;
    bridge.on(PutEventsCommand).callsFake(async ({ Entries }) => {
      if (++calls === 2) throw new Error('no');
      return { Entries: Entries.map(() => ({ EventId: 'x' })) };
    });
    const { result } = await publish(...upTo(23));
    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'n11' }] });
  });
});

describe('a record that holds no event', () => {
  it.each(['{', '{}', JSON.stringify({ line: '{}', hash: 'x' })])(
    '%s is handed back; what was before it is out',
    async (data) => {
      const { result } = await publish(record(1), record(2, { data }), record(3));
      expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'n2' }] });
      expect(sent().flat()).toHaveLength(1);
    },
  );
});

it('nothing of an event is logged', async () => {
  const { output } = await publish(record(1, { details: { note: 'hunter2' } }));
  expect(output).not.toContain('hunter2');
  expect(entriesOf(output)).toContainEqual(
    expect.objectContaining({ message: 'events published', records: 1 }),
  );
});
