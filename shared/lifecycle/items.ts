/** Grants, requests and events as items: which key, and by which indexes they are found. */
import { createHash } from 'node:crypto';
import type { Event, StoredEvent } from '../model/events.ts';
import { type Grant, isOpen } from '../model/grant.ts';
import { type IndexEntry, type IndexName, keys, partitions, selectorKey, shardOf } from '../model/keys.ts';
import type { Request } from '../model/request.ts';
import type { Item, Write } from '../ports.ts';

type NewItem = Omit<Item, 'version'>;

/** A grant, found by what is due, by person, place and flow, and among everything by the month it was made in. */
export function grantItem(grant: Grant): NewItem {
  const { id, createdAt, entitlement } = grant;
  const range = `${createdAt}#${id}`;
  const index: Partial<Record<IndexName, IndexEntry>> = {
    created: { partition: partitions.created('GRANT', createdAt), range },
    grantee: { partition: partitions.grantee(grant.grantee.id), range },
    place: { partition: partitions.place(entitlement), range: `${entitlement.resource}#${range}` },
    flow: { partition: partitions.flow(grant.flow.id), range },
  };
  if (isOpen(grant) && grant.dueAt)
    index.due = { partition: partitions.due(shardOf(id)), range: `${grant.dueAt}#${id}` };
  return { ...keys.grant(id), kind: 'grant', index, data: grant };
}

/** A request, found by who made it. */
export function requestItem(request: Request): NewItem {
  const range = `${request.createdAt}#${request.id}`;
  return {
    ...keys.request(request.id),
    kind: 'request',
    index: {
      created: { partition: partitions.created('REQUEST', request.createdAt), range },
      grantee: { partition: partitions.requester(request.requester.id), range },
    },
    data: request,
  };
}

/** An event, in the outbox until it is delivered. */
export function eventItem(event: Event): { write: Write; hash: string } {
  const stored = sealEvent(event);
  const write: Write = {
    put: {
      ...keys.event(event.grantId, event.seq),
      kind: 'event',
      index: {
        outbox: { partition: partitions.outbox(shardOf(event.grantId)), range: `${event.at}#${event.id}` },
      },
      data: stored,
    },
    expect: 'absent',
  };
  return { write, hash: stored.hash };
}

/** The bytes of an event and SHA-256 over them. The order of fields is that of the object: `makeEvent` alone builds it. */
export function sealEvent(event: Event): StoredEvent {
  const line = JSON.stringify(event);
  return { line, hash: createHash('sha256').update(line, 'utf8').digest('hex') };
}

/** One item per selector of a pending grant: the approvers' inbox. None when it needs no decision. */
export function waitingItems(grant: Grant): NewItem[] {
  if (grant.status !== 'pending' || !grant.approval) return [];
  const range = `${grant.createdAt}#${grant.id}`;
  return waitingSelectors(grant).map((selector) => ({
    ...keys.waiting(grant.id, selector),
    kind: 'waiting',
    index: { waiting: { partition: partitions.waiting(selector), range } },
    data: { schema: 1, grantId: grant.id, requestId: grant.requestId },
  }));
}

/** The selectors whose inboxes a grant lies in, each once. */
export function waitingSelectors(grant: Grant): string[] {
  if (!grant.approval) return [];
  const selectors = Object.values(grant.approval.policy).flat();
  return [...new Set(selectors.map((selector) => selectorKey(selector, grant.grantee.id)))];
}
