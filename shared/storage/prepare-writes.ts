/** What a write must keep so that it would be one in every engine: count, distinct keys, DynamoDB's sizes. Checked before anything is read. */
import { CurfewError } from '../model/errors.ts';
import type { IndexEntry, Key } from '../model/keys.ts';
import type { Write } from '../ports.ts';

/** DynamoDB's limits, in bytes of UTF-8: an item, a transaction, and the two parts of a key. */
const itemBytes = 400 * 1024;
const transactionBytes = 4 * 1024 * 1024;
const partitionBytes = 2048;
const rangeBytes = 1024;
/** What the names of an item's attributes and its version take, at most. */
const overheadBytes = 64;

/** An item's parts as they are stored. */
export interface Stored {
  data: string;
  indexes: string;
}

/** A write, with the text of what it puts. */
export interface PreparedWrite {
  write: Write;
  stored?: Stored;
}

/** Throws `Internal` for a write no caller should make, `TooLarge` for one over DynamoDB's sizes. */
export function prepareWrites(writes: Write[]): PreparedWrite[] {
  if (writes.length < 1 || writes.length > 100)
    throw fault(`a write holds 1 to 100 items, not ${writes.length}`);
  const seen = new Set<string>();
  let total = 0;
  return writes.map((write) => {
    const key = keyOf(write);
    const id = JSON.stringify([key.pk, key.sk]);
    if (seen.has(id)) throw fault(`a write names ${id} twice`);
    seen.add(id);
    checkKey(key.pk, key.sk);
    checkExpectation(write);
    if (!('put' in write)) return { write };
    const stored = store(write.put);
    total += sizeOf(write.put, stored);
    if (total > transactionBytes) throw new CurfewError('TooLarge', 'One write holds at most 4 MB.');
    return { write, stored };
  });
}

/** The key a write is about. */
export function keyOf(write: Write): Key {
  if ('put' in write) return write.put;
  return 'delete' in write ? write.delete : write.check;
}

/** Text that is no well-formed Unicode would be stored as something else, and then two keys could be one. */
export function isKey(partition: string, range: string): boolean {
  const whole = partition.isWellFormed() && range.isWellFormed();
  const filled = partition !== '' && range !== '';
  return (
    whole &&
    filled &&
    Buffer.byteLength(partition) <= partitionBytes &&
    Buffer.byteLength(range) <= rangeBytes
  );
}

function store(put: Extract<Write, { put: unknown }>['put']): Stored {
  const data = JSON.stringify(put.data);
  if (data === undefined) throw fault(`the item ${put.pk} ${put.sk} has no data`);
  for (const entry of Object.values<IndexEntry>(put.index)) checkKey(entry.partition, entry.range);
  return { data, indexes: JSON.stringify(put.index) };
}

function sizeOf(put: { pk: string; sk: string; kind: string }, stored: Stored): number {
  const texts = [put.pk, put.sk, put.kind, stored.data, stored.indexes];
  const size = texts.reduce((sum, text) => sum + Buffer.byteLength(text), overheadBytes);
  if (size > itemBytes) throw new CurfewError('TooLarge', 'One item holds at most 400 KB.');
  return size;
}

function checkExpectation(write: Write): void {
  const expect: unknown = write.expect;
  if (expect === 'absent' && !('delete' in write)) return;
  if (!Number.isSafeInteger(expect) || (expect as number) < 1) throw fault(`no version: ${String(expect)}`);
}

function checkKey(partition: string, range: string): void {
  if (!isKey(partition, range)) throw fault(`not a key: ${JSON.stringify([partition, range]).slice(0, 200)}`);
}

function fault(detail: string): CurfewError {
  return new CurfewError('Internal', `A fault of Curfew's own: ${detail}.`);
}
