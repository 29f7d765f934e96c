/** What DynamoDB does only under load or by bad luck, and no emulator does: conflicts, throttling in the middle, keys left out. */
import {
  BatchGetItemCommand,
  DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactionInProgressException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDynamoTable } from '../../shared/aws/dynamo-table.ts';
import type { Query } from '../../shared/ports.ts';
import { conflict, put } from './table-cases.ts';

const dynamo = mockClient(DynamoDBClient);
const table = createDynamoTable({ tableName: 'T', client: new DynamoDBClient({ region: 'us-east-1' }) });
beforeEach(() => dynamo.reset());

function cancelled(...codes: string[]): TransactionCanceledException {
  return new TransactionCanceledException({
    message: 'cancelled',
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
}

function failure(name: string, message = 'no'): DynamoDBServiceException {
  return new DynamoDBServiceException({ name, message, $fault: 'client', $metadata: {} });
}

describe('a write to DynamoDB', () => {
  const sent = () => dynamo.commandCalls(TransactWriteItemsCommand).map(({ args }) => args[0].input);
  const answers = () => dynamo.on(TransactWriteItemsCommand);
  const write = () => table.write([put('A', '1', {}), put('A', '2', {}, 1)]);

  it.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'that is cancelled by %s is sent again as it was, token and all',
    async (code) => {
      answers().rejectsOnce(cancelled(code, 'None')).rejectsOnce(cancelled('None', code)).resolves({});
      await write();
      expect(sent()).toHaveLength(3);
      expect(sent()[0]?.ClientRequestToken).toMatch(/^[0-9a-f-]{36}$/);
      expect(sent()[1]).toEqual(sent()[0]);
      expect(sent()[2]).toEqual(sent()[0]);
    },
  );

  it('that is still at work when it is sent once more is asked for again, by the same token', async () => {
    const inProgress = new TransactionInProgressException({ message: 'in progress', $metadata: {} });
    answers().rejectsOnce(inProgress).rejectsOnce(inProgress).resolves({});
    await write();
    expect(sent()).toHaveLength(3);
    expect(sent()[2]).toEqual(sent()[0]);
    answers().rejects(inProgress);
    await expect(write()).rejects.toMatchObject({ code: 'Unavailable' });
  });

  it('has a token of its own each time', async () => {
    answers().resolves({});
    await write();
    await write();
    expect(sent()[1]?.ClientRequestToken).not.toBe(sent()[0]?.ClientRequestToken);
  });

  it('that meets other transactions again and again is a Conflict', async () => {
    answers().rejects(cancelled('TransactionConflict', 'None'));
    await expect(write()).rejects.toMatchObject(conflict);
    expect(sent()).toHaveLength(6);
  });

  it('that is throttled again and again is Throttled', async () => {
    answers().rejects(cancelled('None', 'ThrottlingError'));
    await expect(write()).rejects.toMatchObject({ code: 'Throttled' });
  });

  it('whose expectation does not hold is a Conflict at once, whatever else was in its way', async () => {
    answers().rejects(cancelled('TransactionConflict', 'ConditionalCheckFailed'));
    await expect(write()).rejects.toMatchObject(conflict);
    expect(sent()).toHaveLength(1);
  });

  it.each([
    [
      'an item too large',
      failure('ValidationException', 'Item size has exceeded the maximum allowed size'),
      'TooLarge',
    ],
    [
      'anything else invalid',
      failure('ValidationException', 'One or more parameter values were invalid'),
      'Internal',
    ],
    ['an item invalid when it came to it', cancelled('None', 'ValidationError'), 'Internal'],
    ['no right to write', failure('AccessDeniedException'), 'Unavailable'],
    ['a fault inside', failure('InternalServerError'), 'Unavailable'],
    ['throttling', failure('ProvisionedThroughputExceededException'), 'Throttled'],
    ['throttling of the account', failure('RequestLimitExceeded'), 'Throttled'],
  ])('that meets %s is told so', async (_what, error, code) => {
    answers().rejects(error);
    await expect(write()).rejects.toMatchObject({ code });
  });

  it('may have landed where nobody could say: only what certainly did not is marked so', async () => {
    for (const name of [
      'TimeoutError',
      'InternalServerError',
      'TransactionInProgressException',
      'ThrottlingException',
    ]) {
      answers().rejects(failure(name));
      expect((await write().catch((error: unknown) => error)) as object).not.toHaveProperty(
        'details.mayLand',
      );
    }
  });

  it('refuses what no engine takes before anything is sent', async () => {
    await expect(table.write([])).rejects.toMatchObject({ code: 'Internal' });
    await expect(table.write([put('A', '', {})])).rejects.toMatchObject({ code: 'Internal' });
    expect(sent()).toEqual([]);
  });
});

describe('a list by an index of DynamoDB', () => {
  const query: Query = { index: 'due', partition: 'D', limit: 150 };
  const key = (at: number) => ({ pk: { S: 'P' }, sk: { S: `s${String(at).padStart(3, '0')}` } });
  const entry = (at: number) => ({ ...key(at), due_p: { S: 'D' }, due_r: { S: `${at}` } });
  const item = (at: number) => ({
    ...entry(at),
    version: { N: '1' },
    kind: { S: 'thing' },
    data: { S: `${at}` },
  });
  const batches = () => dynamo.commandCalls(BatchGetItemCommand).map(({ args }) => args[0].input);
  const found = (count: number) => Array.from({ length: count }, (_, at) => at);

  /** Each batch gives at most so many items, and leaves the other keys out. */
  function gives(mostItems: () => number): void {
    dynamo
      .on(BatchGetItemCommand)
      .callsFake(async ({ RequestItems }: { RequestItems: { T: { Keys: { sk: { S: string } }[] } } }) => {
        const keys = RequestItems.T.Keys;
        const most = mostItems();
        const items = keys.slice(0, most).map(({ sk }) => item(Number(sk.S.slice(1))));
        const left = keys.slice(most);
        return {
          Responses: { T: items.toReversed() },
          UnprocessedKeys: left.length > 0 ? { T: { Keys: left } } : {},
        };
      });
  }

  it('is in the order of the index, whatever order its items are read in, a hundred keys at a time', async () => {
    dynamo.on(QueryCommand).resolves({ Items: found(120).map(entry) });
    gives(() => 100);
    const { items, next } = await table.query<number>(query);
    expect(items.map(({ data }) => data)).toEqual(found(120));
    expect(next).toBeUndefined();
    expect(batches().map(({ RequestItems }) => RequestItems?.['T']?.Keys?.length)).toEqual([100, 20]);
    expect(batches().every(({ RequestItems }) => RequestItems?.['T']?.ConsistentRead)).toBe(true);
  });

  it('asks again for keys that a batch left out', async () => {
    dynamo.on(QueryCommand).resolves({ Items: found(50).map(entry) });
    const most = [20, 0, 0, 7];
    gives(() => most.shift() ?? 100);
    const { items } = await table.query<number>(query);
    expect(items.map(({ data }) => data)).toEqual(found(50));
    expect(batches()).toHaveLength(5);
  });

  it('is Throttled when batches bring nothing any more', async () => {
    dynamo.on(QueryCommand).resolves({ Items: found(5).map(entry) });
    gives(() => 0);
    await expect(table.query(query)).rejects.toMatchObject({ code: 'Throttled' });
  });

  it('goes on after an answer that is short or empty, and has a next page only when there is one', async () => {
    const [first, ...rest] = [found(2), [], [2, 3, 4], [5]].map((part) => part.map(entry));
    dynamo.on(QueryCommand).resolvesOnce({ Items: first, LastEvaluatedKey: entry(1) });
    for (const [at, Items] of rest.entries())
      dynamo.on(QueryCommand, { ExclusiveStartKey: [entry(1), entry(9), entry(4)][at] }).resolves({
        Items,
        ...(at < 2 && { LastEvaluatedKey: [entry(9), entry(4)][at] }),
      });
    gives(() => 100);
    const { items, next } = await table.query<number>({ ...query, limit: 6 });
    expect(items.map(({ data }) => data)).toEqual(found(6));
    expect(next).toBeUndefined();
  });

  it('names an item only once, though an index in motion shows it in two places', async () => {
    const moved = { ...entry(1), due_r: { S: '0' } };
    dynamo.on(QueryCommand).resolves({ Items: [moved, entry(1)] });
    gives(() => 100);
    const { items } = await table.query<number>(query);
    expect(items.map(({ index }) => index.due?.range)).toEqual(['1']);
    expect(batches()[0]?.RequestItems?.['T']?.Keys).toHaveLength(1);
  });

  it('reads by key strongly, and by partition too', async () => {
    dynamo.on(GetItemCommand).resolves({});
    dynamo.on(QueryCommand).resolves({ Items: [] });
    await table.get({ pk: 'A', sk: '1' });
    await table.query({ partition: 'A', limit: 1 });
    expect(dynamo.commandCalls(GetItemCommand)[0]?.args[0].input.ConsistentRead).toBe(true);
    expect(dynamo.commandCalls(QueryCommand)[0]?.args[0].input.ConsistentRead).toBe(true);
  });

  it('of something that Curfew did not write says which item it is', async () => {
    dynamo.on(GetItemCommand).resolves({ Item: key(1) });
    await expect(table.get({ pk: 'P', sk: 's001' })).rejects.toMatchObject({
      code: 'Internal',
      message: expect.stringMatching(/\["P","s001"\].*no kind/),
    });
  });
});
