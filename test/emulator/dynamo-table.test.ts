/** The engine in the cloud: the contract of every table, and what is its own: how items lie, lost answers, indexes that lag. */
import {
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { clientOptions } from '../../shared/aws/client-options.ts';
import { createDynamoTable } from '../../shared/aws/dynamo-table.ts';
import type { Query, Table } from '../../shared/ports.ts';
import { put, readAll } from '../storage/table-cases.ts';
import { describeTableContract } from '../storage/table-contract.ts';
import { clientConfig, describeOnEmulator } from '../support/emulator.ts';
import { type FaultProxy, type Rule, startFaultProxy } from '../support/fault-proxy.ts';
import { type MadeTable, makeTable } from '../support/make-table.ts';

/** As functions have it, but for where it connects to. */
const connect = (endpoint?: string) =>
  new DynamoDBClient({ ...clientOptions, ...clientConfig(undefined, endpoint) });
const due = (range: string) => ({ due: { partition: 'D', range } });

describeOnEmulator('the engine in the cloud', () => {
  describeTableContract('DynamoDB', async () => {
    const client = connect();
    const { tableName, drop } = await makeTable(client);
    return { table: createDynamoTable({ tableName, client }), close: drop };
  });
});

describeOnEmulator('a table in DynamoDB', () => {
  let client: DynamoDBClient;
  let made: MadeTable;
  let table: Table;
  beforeEach(async () => {
    client = connect();
    made = await makeTable(client);
    table = createDynamoTable({ tableName: made.tableName, client });
  });
  afterEach(() => made.drop());

  it('holds the data as the very JSON text that SQLite would hold, and each place as two attributes', async () => {
    const data = { text: 'é "\ud800', list: [1, { a: null }] };
    await table.write([put('A', '1', data, 'absent', due('9'))]);
    const command = new GetItemCommand({
      TableName: made.tableName,
      Key: { pk: { S: 'A' }, sk: { S: '1' } },
    });
    expect((await client.send(command)).Item).toEqual({
      pk: { S: 'A' },
      sk: { S: '1' },
      version: { N: '1' },
      kind: { S: 'thing' },
      data: { S: JSON.stringify(data) },
      due_p: { S: 'D' },
      due_r: { S: '9' },
    });
  });

  it('gives whole pages of items that DynamoDB hands out 1 MB at a time', async () => {
    const large = 'x'.repeat(300 * 1024);
    for (let at = 0; at < 10; at++) await table.write([put('A', `${at}`, { large }, 'absent', due(`${at}`))]);
    for (const query of [{ partition: 'A' }, { partition: 'D', index: 'due' }] satisfies Partial<Query>[]) {
      const first = await table.query({ ...query, limit: 7 });
      expect(first.items.map(({ sk }) => sk)).toEqual(['0', '1', '2', '3', '4', '5', '6']);
      const rest = await table.query({ ...query, limit: 7, cursor: first.next as string });
      expect(rest.items.map(({ sk }) => sk)).toEqual(['7', '8', '9']);
      expect(rest.next).toBeUndefined();
    }
  });

  it('says what is wrong where there is no such table', async () => {
    const none = createDynamoTable({ tableName: 'nowhere', client });
    const wrong = { code: 'Internal', message: expect.stringMatching(/no such table/) };
    await expect(none.get({ pk: 'A', sk: '1' })).rejects.toMatchObject(wrong);
    await expect(none.query({ partition: 'A', limit: 1 })).rejects.toMatchObject(wrong);
    await expect(none.write([put('A', '1', {})])).rejects.toMatchObject(wrong);
  });
});

describeOnEmulator('a table in DynamoDB whose index lags', () => {
  let made: MadeTable;
  let table: Table;
  /** Answers of the index so far; once `replay` is set they are given again instead of new ones. */
  let answers: QueryCommandOutput[];
  let replay: boolean;
  beforeEach(async () => {
    const lagging = connect();
    made = await makeTable(lagging);
    [answers, replay] = [[], false];
    lagging.middlewareStack.add(
      (next, context) => async (args) => {
        if (context['commandName'] !== QueryCommand.name) return next(args);
        const output = replay ? answers.shift() : undefined;
        if (output) return { output, response: {} };
        const answer = await next(args);
        if (!replay) answers.push(answer.output as QueryCommandOutput);
        return answer;
      },
      { step: 'initialize', priority: 'low' },
    );
    table = createDynamoTable({ tableName: made.tableName, client: lagging });
  });
  afterEach(() => made.drop());

  it('leaves out what was deleted, moved or taken out, and gives what stays as it is now', async () => {
    const places = ['a', 'b', 'c', 'd', 'e'].map((sk) => put('P', sk, {}, 'absent', due(sk)));
    await table.write(places);
    const query: Query = { index: 'due', partition: 'D', limit: 10 };
    expect((await table.query(query)).items).toHaveLength(5);
    replay = true;
    await table.write([
      { delete: { pk: 'P', sk: 'a' }, expect: 1 },
      put('P', 'b', {}, 1, due('z')),
      put('P', 'c', {}, 1),
      put('P', 'd', {}, 1, { due: { partition: 'E', range: 'd' } }),
      put('P', 'e', { now: true }, 1, due('e')),
    ]);
    const { items } = await table.query(query);
    expect(items).toEqual([
      { pk: 'P', sk: 'e', version: 2, kind: 'thing', index: due('e'), data: { now: true } },
    ]);
  });

  it('reads on until the page is full, whatever it had to leave out', async () => {
    const ids = Array.from({ length: 9 }, (_, at) => `s${at}`);
    await table.write(ids.map((sk) => put('P', sk, {}, 'absent', due(sk))));
    const query: Query = { index: 'due', partition: 'D', limit: 3 };
    await table.query(query);
    replay = true;
    await table.write(ids.slice(0, 3).map((sk) => ({ delete: { pk: 'P', sk }, expect: 1 })));
    expect(answers).toHaveLength(1);
    const page = await table.query(query);
    expect(page.items.map(({ sk }) => sk)).toEqual(['s3', 's4', 's5']);
    expect((await readAll(table, { ...query, cursor: page.next as string })).map(({ sk }) => sk)).toEqual([
      's6',
      's7',
      's8',
    ]);
  });
});

describeOnEmulator('a table in DynamoDB behind a bad network', () => {
  let made: MadeTable;
  let proxy: FaultProxy;
  let table: Table;
  let behind: DynamoDBClient;
  beforeEach(async () => {
    const { endpoint } = clientConfig();
    made = await makeTable(connect());
    proxy = await startFaultProxy({ target: endpoint });
    behind = connect(proxy.url);
    table = createDynamoTable({ tableName: made.tableName, client: behind });
  });
  afterEach(async () => {
    behind.destroy();
    await proxy.close();
    await made.drop();
  });

  const writes = /^TransactWriteItems$/;
  const suffers = (fault: Rule['fault'], nth?: number[]) =>
    proxy.rules([{ fault, action: writes, ...(nth && { nth }) }]);
  const strong = () =>
    createDynamoTable({ tableName: made.tableName, client: connect() }).get({ pk: 'A', sk: '1' });

  it.each([['absent' as const], [1]])(
    'a write whose answer was lost is a success, and made once (expecting %s)',
    async (expectation) => {
      if (expectation !== 'absent') await table.write([put('A', '1', {})]);
      suffers({ kind: 'answer lost' }, [1, 2]);
      await table.write([put('A', '1', { made: true }, expectation)]);
      const version = expectation === 'absent' ? 1 : expectation + 1;
      expect(await strong()).toMatchObject({ version, data: { made: true } });
      expect(proxy.calls()).toHaveLength(3);
    },
  );

  it('a write that lands late, after it was sent again, lands once', async () => {
    suffers({ kind: 'late', ms: clientOptions.requestHandler.requestTimeout + 500 }, [1]);
    await table.write([put('A', '1', { made: true })]);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(proxy.calls()).toHaveLength(2);
    expect(await strong()).toMatchObject({ version: 1 });
  });

  it('a write that was made, and nobody could say so, is Unavailable and may have landed', async () => {
    suffers({ kind: 'answer lost' });
    const error = await table.write([put('A', '1', {})]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'Unavailable' });
    expect(error).not.toHaveProperty('details.mayLand');
    expect(await strong()).toMatchObject({ version: 1 });
  });

  it.each([500, 503] as const)('%d is tried again, and Unavailable when it goes on', async (status) => {
    suffers({ kind: 'failed', status }, [1]);
    await table.write([put('A', '1', {})]);
    suffers({ kind: 'failed', status });
    await expect(table.write([put('A', '1', {}, 1)])).rejects.toMatchObject({ code: 'Unavailable' });
    expect((await strong())?.version).toBe(1);
  });

  it('throttling is tried again, and Throttled when it goes on', async () => {
    suffers({ kind: 'throttled' }, [1]);
    await table.write([put('A', '1', {})]);
    proxy.rules([{ fault: { kind: 'throttled' } }]);
    const outcomes = await Promise.allSettled([
      table.write([put('A', '1', {}, 1)]),
      table.get({ pk: 'A', sk: '1' }),
      table.query({ partition: 'A', limit: 1 }),
    ]);
    expect(outcomes).toMatchObject(outcomes.map(() => ({ reason: { code: 'Throttled' } })));
    expect((await strong())?.version).toBe(1);
  });

  it('an answer that does not come is given up, and asked for again', async () => {
    await table.write([put('A', '1', {})]);
    proxy.rules([{ fault: { kind: 'late', ms: 10_000 }, nth: [1] }]);
    expect(await table.get({ pk: 'A', sk: '1' })).toMatchObject({ version: 1 });
    expect(proxy.calls()).toHaveLength(2);
  });
});
