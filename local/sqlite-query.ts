/** Turns a query of the `Table` port into SQL, and its place in the result into a cursor and back. */
import { createHash } from 'node:crypto';
import { CurfewError } from '../shared/model/errors.ts';
import type { Query } from '../shared/ports.ts';

export interface QuerySql {
  sql: string;
  values: (string | number)[];
}

/** The row a page ended with. */
export interface Place {
  range: string;
  pk: string;
  sk: string;
}

/**
 * SQL that reads one row more than the page holds, which tells whether there is a next one. Throws `Malformed` for a limit
 * outside 1 to 200 and for a cursor that is not of this very query.
 */
export function querySql(query: Query): QuerySql {
  if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > 200) {
    throw new CurfewError('Malformed', 'A page holds 1 to 200 items.');
  }
  const after = query.cursor === undefined ? undefined : readCursor(query, query.cursor);
  const compare = query.reverse ? '<' : '>';
  const direction = query.reverse ? 'DESC' : 'ASC';
  const { from, where, range, order, place } = source(query);
  const values: (string | number)[] = [...where.values, query.partition];
  let sql = `SELECT i.pk, i.sk, i.version, i.kind, i.data, i.indexes, ${range} AS range FROM ${from} WHERE ${where.sql}`;
  if (query.from !== undefined) sql += and(values, `${range} >= ?`, query.from);
  if (query.to !== undefined) sql += and(values, `${range} < ?`, query.to);
  if (after) {
    const marks = order.map(() => '?').join(', ');
    sql += and(values, `(${order.join(', ')}) ${compare} (${marks})`, ...place(after));
  }
  sql += ` ORDER BY ${order.map((column) => `${column} ${direction}`).join(', ')} LIMIT ?`;
  values.push(query.limit + 1);
  return { sql, values };
}

export function writeCursor(query: Query, place: Place): string {
  return Buffer.from(JSON.stringify([fingerprint(query), place.range, place.pk, place.sk])).toString(
    'base64url',
  );
}

function source(query: Query) {
  if (query.index === undefined) {
    const where = { sql: 'i.pk = ?', values: [] as string[] };
    return { from: 'items i', where, range: 'i.sk', order: ['i.sk'], place: (at: Place) => [at.sk] };
  }
  return {
    from: 'entries e JOIN items i ON i.pk = e.pk AND i.sk = e.sk',
    where: { sql: 'e.name = ? AND e.part = ?', values: [query.index as string] },
    range: 'e.range',
    order: ['e.range', 'e.pk', 'e.sk'],
    place: (at: Place) => [at.range, at.pk, at.sk],
  };
}

function and(values: (string | number)[], condition: string, ...more: string[]): string {
  values.push(...more);
  return ` AND ${condition}`;
}

function readCursor(query: Query, cursor: string): Place {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(parts) && parts.length === 4 && parts.every((part) => typeof part === 'string')) {
      const [print, range, pk, sk] = parts as [string, string, string, string];
      if (print === fingerprint(query)) return { range, pk, sk };
    }
  } catch {
    // Not even JSON: falls through to the same answer.
  }
  throw new CurfewError('Malformed', 'The cursor is not one of this list. Start again without a cursor.');
}

/** A page size may change between two pages; anything else makes it another list. */
function fingerprint({ index, partition, from, to, reverse }: Query): string {
  const parts = [index ?? null, partition, from ?? null, to ?? null, reverse ?? false];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 16);
}
