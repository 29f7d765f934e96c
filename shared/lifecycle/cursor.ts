/**
 * Where a list goes on. A cursor is opaque to clients and tied to its filter and caller; it holds nothing that gives
 * access: what it points at is filtered and authorised again.
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { CurfewError } from '../model/errors.ts';

/** In the `source`-th list: after this range of its index, and of the next entry there the first `skip` results. */
const Position = z.strictObject({
  source: z.int().min(0).max(10_000),
  after: z
    .string()
    .regex(/^[\x20-\x7e]{1,500}$/)
    .optional(),
  skip: z.int().min(0).max(100_000),
});
export type Position = z.infer<typeof Position>;

export const start: Position = { source: 0, skip: 0 };

/** `list` is everything that makes it this list: its name, the caller, the filter. */
export function writeCursor(list: unknown, position: Position): string {
  return Buffer.from(JSON.stringify([fingerprint(list), position])).toString('base64url');
}

/** Throws `Malformed` for what is no cursor of this list. */
export function readCursor(list: unknown, cursor: string | undefined): Position {
  if (cursor === undefined) return start;
  const [print, position] = decode(cursor);
  const parsed = Position.safeParse(position);
  if (print === fingerprint(list) && parsed.success) return parsed.data;
  const detail =
    'The cursor is not of this list. Use `next` of the page before with the same filter, or start again.';
  throw new CurfewError('Malformed', detail, {
    errors: [{ path: 'query.cursor', message: 'is not a cursor of this list' }],
  });
}

function decode(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}

function fingerprint(list: unknown): string {
  return createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, 16);
}
