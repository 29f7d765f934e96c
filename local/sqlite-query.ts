/** Turns a query of the `Table` port into SQL. */
import type { Query } from '../shared/ports.ts';
import { type Place, startOf } from '../shared/storage/page-cursor.ts';

export interface QuerySql {
  sql: string;
  values: (string | number)[];
}

/** SQL that reads one row more than the page holds, which tells whether there is a next one. Throws what `startOf` throws. */
export function querySql(query: Query): QuerySql {
  const after = startOf(query);
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
