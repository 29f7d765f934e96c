/**
 * The invariants of a whole Curfew, checked from outside at any moment: what is at the target against what is on record,
 * the event chain of every grant, and that no secret is kept anywhere.
 */
import { createHash } from 'node:crypto';
import { Event, noHash, type StoredEvent } from '../../shared/model/events.ts';
import { Grant, isOpen, mayBecome } from '../../shared/model/grant.ts';
import { partitions } from '../../shared/model/keys.ts';
import { toInstant } from '../../shared/model/time.ts';
import type { Item, Query, Table } from '../../shared/ports.ts';
import type { World } from './world.ts';

/** Throws with everything that does not hold. `ended`: besides, every grant is closed and no access is left. */
export async function checkInvariants(world: World, { ended = false } = {}): Promise<void> {
  const grants = await allGrants(world);
  const faults = [...accessFaults(world, grants)];
  for (const grant of grants) {
    const items = await listAll(world.table, { partition: `GRANT#${grant.id}`, limit: 200 });
    faults.push(...chainFaults(grant, items), ...secretFaults(grant, items));
    if (
      grant.status === 'revoked' &&
      grant.wanted.cause === 'expired' &&
      grant.closedAt < (grant.expiresAt ?? '')
    )
      faults.push(`${grant.id} expired before its time`);
    if (isOpen(grant) && grant.dueAt === undefined)
      faults.push(`${grant.id} is open and nobody will look at it`);
    if (ended && isOpen(grant)) faults.push(`${grant.id} is ${grant.status} still`);
  }
  if (ended) {
    const left = [...world.target.present.keys()].filter((artefact) => !world.target.standing.has(artefact));
    if (left.length > 0) faults.push(`access is left: ${left.join(', ')}`);
  }
  if (faults.length > 0) throw new Error(`${toInstant(world.clock.now())}\n  ${faults.join('\n  ')}`);
}

/** Every grant there is, of this month and the eleven before. */
export async function allGrants({ table, clock }: Pick<World, 'table' | 'clock'>): Promise<Grant[]> {
  const found: Grant[] = [];
  for (let month = 0; month < 12; month++) {
    const instant = new Date(clock.now());
    instant.setUTCMonth(instant.getUTCMonth() - month, 1);
    const partition = partitions.created('GRANT', instant.toISOString());
    const items = await listAll(table, { index: 'created', partition, limit: 200 });
    found.push(...items.map((item) => Grant.parse(item.data)));
  }
  return found;
}

/** A grant's events, in order. */
export async function eventsOf({ table }: Pick<World, 'table'>, grantId: string): Promise<Event[]> {
  const items = await listAll(table, {
    partition: `GRANT#${grantId}`,
    from: 'EVENT#',
    to: 'EVENT$',
    limit: 200,
  });
  return items.map((item) => Event.parse(JSON.parse((item.data as StoredEvent).line)));
}

async function listAll(table: Table, query: Query): Promise<Item[]> {
  const found: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await table.query({ ...query, ...(cursor !== undefined && { cursor }) });
    found.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  return found;
}

/** No access without an open record that explains it; no active grant without access; what stood before stands. */
function* accessFaults({ target }: World, grants: Grant[]): Generator<string> {
  const holding = ['granting', 'active', 'revoking', 'revoke_failed'];
  for (const artefact of target.present.keys()) {
    const holders = grants.filter((grant) => 'receipt' in grant && grant.receipt?.artefact === artefact);
    const explained =
      holders.some((grant) => holding.includes(grant.status)) || target.standing.has(artefact);
    const stories = holders.map((grant) => `${grant.id} ${grant.status}`).join(', ');
    if (!explained) yield `${artefact} has access and nothing explains it (${stories})`;
  }
  for (const grant of grants)
    if (grant.status === 'active' && !target.hasAccess(grant.receipt.artefact))
      yield `${grant.id} is active and ${grant.receipt.artefact} has no access`;
  for (const artefact of target.standing)
    if (!target.hasAccess(artefact)) yield `${artefact} stood before Curfew and is gone`;
}

function* chainFaults(grant: Grant, items: Item[]): Generator<string> {
  let previous: { hash: string; after: string | null } = { hash: noHash, after: null };
  const events = items.filter((item) => item.kind === 'event');
  for (const [at, item] of events.entries()) {
    const { line, hash } = item.data as StoredEvent;
    const event = Event.parse(JSON.parse(line));
    const name = `${grant.id} event ${event.seq} (${event.type})`;
    if (createHash('sha256').update(line, 'utf8').digest('hex') !== hash) yield `${name}: its hash is wrong`;
    if (event.prevHash !== previous.hash) yield `${name}: does not follow the one before it`;
    if (event.seq !== at + 1) yield `${name}: is the ${at + 1}th`;
    if (event.before !== previous.after)
      yield `${name}: says it was ${event.before}, it was ${previous.after}`;
    if (event.before !== null && !mayBecome(event.before as Grant['status'], event.after as Grant['status']))
      yield `${name}: ${event.before} may not become ${event.after}`;
    previous = { hash, after: event.after };
  }
  if (previous.after !== grant.status)
    yield `${grant.id} is ${grant.status}, its last event says ${previous.after}`;
  if (grant.chain.seq !== events.length || grant.chain.hash !== previous.hash)
    yield `${grant.id}: the head of its chain is not its last event`;
}

/** The fake target's passwords begin with `secret-`; callback tokens are kept in the one item that no reader meets. */
function* secretFaults(grant: Grant, items: Item[]): Generator<string> {
  const tokens = items
    .filter((item) => item.kind === 'token')
    .map((item) => (item.data as { token: string }).token);
  for (const item of items) {
    const text = JSON.stringify(item.data);
    if (text.includes('secret-')) yield `${grant.id}: ${item.sk} holds a password`;
    if (item.kind !== 'token' && tokens.some((token) => text.includes(token)))
      yield `${grant.id}: ${item.sk} holds a token`;
  }
}
