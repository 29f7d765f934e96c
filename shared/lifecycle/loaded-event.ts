/** The event of what a configuration brings: not of a grant, and in a chain all the same, that of the thing itself. */
import type { EventType } from '../model/events.ts';
import type { Actor } from '../model/person.ts';
import { toInstant } from '../model/time.ts';
import type { Ports } from '../ports.ts';
import { eventItem } from './items.ts';

export interface Loaded {
  /** Whose chain it is, such as `flow:orders-read`. */
  name: string;
  type: EventType;
  /** From 1. Each version is one event. */
  version: number;
  prevHash: string;
  actor: Actor;
  details: Record<string, unknown>;
  removed?: boolean;
}

export function loadedEvent(ports: Pick<Ports, 'clock'>, loaded: Loaded): ReturnType<typeof eventItem> {
  const { name, type, version, prevHash, actor, details, removed = false } = loaded;
  return eventItem({
    schema: 1,
    id: `${name}-${version}`,
    grantId: name,
    requestId: '',
    seq: version,
    type,
    at: toInstant(ports.clock.now()),
    actor,
    before: version > 1 ? `${name}@${version - 1}` : null,
    after: removed ? 'removed' : `${name}@${version}`,
    correlationId: name,
    details,
    prevHash,
  });
}
