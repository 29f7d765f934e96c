/** Idempotency keys: the first answer again for the same key and body, 409 for another body, kept with what was made. */
import { createHash } from 'node:crypto';
import { CurfewError, isCurfewError } from '../model/errors.ts';
import { type Key, keys } from '../model/keys.ts';
import { toInstant } from '../model/time.ts';
import type { Ports, Write } from '../ports.ts';

export interface Idempotency {
  /** As the caller sent it: 1-128 visible ASCII characters. */
  key: string;
  /** SHA-256 of the canonical body. */
  bodyHash: string;
}

interface Kept {
  schema: 1;
  bodyHash: string;
  madeId: string;
  at: string;
}

/** The id of what this key made before. Undefined for a fresh key or none. Throws `IdempotencyMismatch`. */
export async function replayOf(
  ports: Pick<Ports, 'table'>,
  personId: string,
  route: string,
  idempotency: Idempotency | undefined,
): Promise<string | undefined> {
  if (!idempotency) return undefined;
  const item = await ports.table.get<Kept>(keyOf(personId, route, idempotency));
  if (!item) return undefined;
  if (item.data.bodyHash !== idempotency.bodyHash)
    throw new CurfewError(
      'IdempotencyMismatch',
      'Use a new Idempotency-Key for another body, or send the first body again.',
    );
  return item.data.madeId;
}

/** The write that keeps a key beside what it makes; none without a key. */
export function keepKey(
  ports: Pick<Ports, 'clock'>,
  personId: string,
  route: string,
  idempotency: Idempotency | undefined,
  madeId: string,
): Write[] {
  if (!idempotency) return [];
  const data: Kept = { schema: 1, bodyHash: idempotency.bodyHash, madeId, at: toInstant(ports.clock.now()) };
  return [
    {
      put: { ...keyOf(personId, route, idempotency), kind: 'idempotency', index: {}, data },
      expect: 'absent',
    },
  ];
}

/** Writes, and answers with the id of what was made: by this call, or by a rival with the same key that was faster. */
export async function applyIdempotency(
  ports: Pick<Ports, 'table' | 'clock'>,
  personId: string,
  route: string,
  idempotency: Idempotency | undefined,
  madeId: string,
  writes: Write[],
): Promise<string> {
  try {
    await ports.table.write([...writes, ...keepKey(ports, personId, route, idempotency, madeId)]);
    return madeId;
  } catch (error) {
    const won = isCurfewError(error, 'Conflict')
      ? await replayOf(ports, personId, route, idempotency)
      : undefined;
    if (won === undefined) throw error;
    return won;
  }
}

function keyOf(personId: string, route: string, { key }: Idempotency): Key {
  return keys.idempotency(personId, route, createHash('sha256').update(key, 'utf8').digest('hex'));
}
