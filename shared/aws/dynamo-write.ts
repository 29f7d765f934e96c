/**
 * A write of the `Table` port as one DynamoDB transaction, single items too: only a transaction takes a request token, by which
 * a request that is sent again after a lost answer is known as the same, and answered with success.
 */
import { randomUUID } from 'node:crypto';
import {
  type TransactWriteItem,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
  TransactionCanceledException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';
import { CurfewError } from '../model/errors.ts';
import type { Write } from '../ports.ts';
import { keyOf, type PreparedWrite, prepareWrites } from '../storage/prepare-writes.ts';
import { itemAttributes, keyAttributes } from './dynamo-item.ts';
import { pause, type Store, tableFailure } from './dynamo-store.ts';

/** Transactions that met another one over the same item are sent again so often, in about a second, before it is a `Conflict`. */
const mostTries = 6;

const tried = 'The table cannot be written';

/**
 * Every try bears one token, those of the SDK and ours: whichever of them lands, it lands once, and the next one hears so.
 * DynamoDB keeps a token for ten minutes, far longer than all tries take.
 */
export async function writeItems({ client, tableName }: Store, writes: Write[]): Promise<void> {
  const input: TransactWriteItemsCommandInput = {
    TransactItems: prepareWrites(writes).map((one) => actionOf(tableName, one)),
    ClientRequestToken: randomUUID(),
  };
  for (let tries = 1; ; tries++) {
    try {
      await client.send(new TransactWriteItemsCommand(input));
      return;
    } catch (error) {
      // Sent again by the SDK after a lost answer, while the first is at work still: the next try hears how that ended.
      const passes = error instanceof TransactionInProgressException || isWorthAnotherTry(reasonsOf(error));
      if (tries >= mostTries || !passes) throw refusalOf(error);
    }
    await pause(tries);
  }
}

function actionOf(TableName: string, { write, stored }: PreparedWrite): TransactWriteItem {
  const Key = keyAttributes(keyOf(write));
  const condition = { TableName, ...conditionOf(write.expect) };
  if ('check' in write) return { ConditionCheck: { ...condition, Key } };
  if ('delete' in write || !stored) return { Delete: { ...condition, Key } };
  const version = write.expect === 'absent' ? 1 : write.expect + 1;
  return { Put: { ...condition, Item: itemAttributes({ ...write.put, version, data: stored.data }) } };
}

function conditionOf(expect: number | 'absent') {
  if (expect === 'absent') return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':version': { N: String(expect) } },
  };
}

/** Why a transaction was cancelled, item by item; nothing for any other failure. */
function reasonsOf(error: unknown): string[] {
  if (!(error instanceof TransactionCanceledException)) return [];
  return (error.CancellationReasons ?? []).flatMap(({ Code }) => (Code && Code !== 'None' ? [Code] : []));
}

const passing = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];

/** An expectation that does not hold will not hold in a moment either. */
function isWorthAnotherTry(reasons: string[]): boolean {
  return reasons.length > 0 && reasons.every((reason) => passing.includes(reason));
}

function refusalOf(error: unknown): CurfewError {
  const reasons = reasonsOf(error);
  if (reasons.includes('ConditionalCheckFailed') || reasons.includes('TransactionConflict'))
    return new CurfewError('Conflict', 'Somebody else changed this just now. Read it again.', {
      cause: error,
      mayLand: false,
    });
  if (isWorthAnotherTry(reasons))
    return new CurfewError('Throttled', `${tried}: AWS asks us to slow down.`, {
      cause: error,
      mayLand: false,
    });
  if (reasons.includes('ValidationError'))
    return new CurfewError('Internal', `${tried}: an item is invalid, a fault of Curfew's own.`, {
      cause: error,
      mayLand: false,
    });
  return tableFailure(error, tried);
}
