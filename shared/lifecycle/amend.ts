/** The only way a grant changes: one write of the grant's next version, its `dueAt`, and the event that tells of it. */
import { CurfewError, isCurfewError } from '../model/errors.ts';
import { type Event, noHash, type Said } from '../model/events.ts';
import { Grant, type GrantStatus, mayBecome } from '../model/grant.ts';
import { keys } from '../model/keys.ts';
import { toInstant } from '../model/time.ts';
import type { Ports, Write } from '../ports.ts';
import { dueAt } from '../rules/due.ts';
import { eventItem, grantItem, waitingSelectors } from './items.ts';
import { type Loaded, mustReadGrant } from './load.ts';

/** What a use case decided to change. A field of `patch` that is undefined is removed. */
export interface Change {
  to: GrantStatus;
  patch?: Record<string, unknown>;
  said: Said;
  /** Written with it, all or nothing. */
  also?: Write[];
}

type AmendPorts = Pick<Ports, 'table' | 'clock'>;

/** More rivals than this for one grant at one moment are a fault, not bad luck. */
const mostTries = 50;

/**
 * Reads the grant, lets `decide` choose a change, writes it. Read and decided anew when somebody else was faster.
 * No change, when `decide` gives none. Throws `NotFound`, and `Conflict` after 50 lost races.
 */
export async function amend(
  ports: AmendPorts,
  grantId: string,
  decide: (grant: Grant) => Change | undefined | Promise<Change | undefined>,
): Promise<{ grant: Grant; changed: boolean }> {
  for (let tries = 1; ; tries++) {
    const loaded = await mustReadGrant(ports, grantId);
    const change = await decide(loaded.grant);
    if (!change) return { grant: loaded.grant, changed: false };
    const { grant, writes } = applyChange(loaded, change, ports.clock.now());
    try {
      await ports.table.write(writes);
      return { grant, changed: true };
    } catch (error) {
      if (!isCurfewError(error, 'Conflict') || tries >= mostTries) throw error;
    }
  }
}

/** The grant after a change, and the writes that make it so. Throws `StateConflict` on an illegal transition. */
export function applyChange(
  loaded: Loaded,
  change: Change,
  nowMs: number,
): { grant: Grant; writes: Write[] } {
  const { grant: before, version } = loaded;
  if (!mayBecome(before.status, change.to))
    throw new CurfewError('StateConflict', `A grant that is ${before.status} cannot become ${change.to}.`);
  const event = eventItem(makeEvent(before, change, nowMs));
  const grant = nextGrant(before, change, event.hash, nowMs);
  const leaving = before.status === 'pending' && change.to !== 'pending';
  const emptied: Write[] = leaving
    ? waitingSelectors(before).map((s) => ({ delete: keys.waiting(before.id, s), expect: 1 }))
    : [];
  const writes: Write[] = [
    { put: grantItem(grant), expect: version },
    event.write,
    ...emptied,
    ...(change.also ?? []),
  ];
  return { grant, writes };
}

/** A new grant with its first event. */
export function newGrant(
  draft: Record<string, unknown>,
  said: Said,
  nowMs: number,
): { grant: Grant; writes: Write[] } {
  const seed = Grant.parse({ ...draft, chain: { seq: 0, hash: noHash } });
  const event = eventItem({ ...makeEvent(seed, { to: seed.status, said }, nowMs), before: null });
  const grant = nextGrant(seed, { to: seed.status, said }, event.hash, nowMs);
  return { grant, writes: [{ put: grantItem(grant), expect: 'absent' }, event.write] };
}

function nextGrant(before: Grant, change: Change, hash: string, nowMs: number): Grant {
  const draft = {
    ...before,
    ...change.patch,
    status: change.to,
    updatedAt: toInstant(nowMs),
    chain: { seq: before.chain.seq + 1, hash },
    dueAt: undefined,
  };
  const grant = Grant.parse(withoutUndefined(draft));
  const due = dueAt(grant, nowMs);
  return due ? { ...grant, dueAt: due } : grant;
}

function makeEvent(grant: Grant, change: Change, nowMs: number): Event {
  const { said } = change;
  const seq = grant.chain.seq + 1;
  return {
    schema: 1,
    id: `${grant.id}-${seq}`,
    grantId: grant.id,
    requestId: grant.requestId,
    seq,
    type: said.type,
    at: toInstant(nowMs),
    actor: said.actor,
    ...(said.cause !== undefined && { cause: said.cause }),
    ...(said.reason !== undefined && { reason: said.reason }),
    before: grant.status,
    after: change.to,
    correlationId: grant.correlationId,
    details: said.details ?? {},
    prevHash: grant.chain.hash,
  };
}

function withoutUndefined(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
