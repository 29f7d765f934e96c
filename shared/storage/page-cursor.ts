/** Where the next page of a `Table` query begins, as opaque text that works for that very query alone. For every engine. */
import { createHash } from 'node:crypto';
import { CurfewError } from '../model/errors.ts';
import type { Query } from '../ports.ts';

/** The item a page ended with; `range` is that of the index, or `sk`. */
export interface Place {
  range: string;
  pk: string;
  sk: string;
}

/** The place that the query goes on after; undefined for its first page. Throws `Malformed` for a limit outside 1 to 200 and for a cursor that is not of this query. */
export function startOf(query: Query): Place | undefined {
  if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > 200)
    throw new CurfewError('Malformed', 'A page holds 1 to 200 items.');
  return query.cursor === undefined ? undefined : readCursor(query, query.cursor);
}

export function writeCursor(query: Query, place: Place): string {
  const parts = [fingerprint(query), place.range, place.pk, place.sk];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
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
