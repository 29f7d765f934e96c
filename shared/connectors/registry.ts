/** Which connector serves which kind of integration. The one place to change for a new kind. */
import type { Integration } from '../model/config.ts';
import type { Clock, Ports, Secrets } from '../ports.ts';
import { createPostgresql } from './postgresql/postgresql.ts';

/** Every connector there is. None connects before it is called; whoever makes them closes them. */
export function createConnectors(ports: { secrets: Secrets; clock: Clock }): Ports['connectors'] {
  return { postgresql: createPostgresql(ports) };
}

/** What is wrong with an integration's `target`, by its path; empty when its connector can read it. */
export function targetFaults(
  integration: Integration,
  connectors: Ports['connectors'],
): { path: PropertyKey[]; message: string }[] {
  const connector = connectors[integration.kind];
  if (!connector) return [{ path: ['kind'], message: `no connector serves "${integration.kind}"` }];
  const parsed = connector.target.safeParse(integration.target);
  if (parsed.success) return [];
  return parsed.error.issues.map(({ path, message }) => ({ path: ['target', ...path], message }));
}
