/** An admin asks whether an integration works: reachable, rights sufficient, and what would outlive a grant. */
import type { Check } from '../connectors/contract.ts';
import { callTarget } from '../lifecycle/call-target.ts';
import { target } from '../lifecycle/load.ts';
import { demand } from '../lifecycle/who.ts';
import { isCurfewError } from '../model/errors.ts';
import type { Person } from '../model/person.ts';
import { toInstant } from '../model/time.ts';
import type { Ports } from '../ports.ts';

export interface Checked {
  integration: string;
  ok: boolean;
  checks: Check[];
}

/** How long a check may take. */
const checkSeconds = 15;

/** Throws `Forbidden` and `NotFound`. A target that does not answer is a finding, not an error. */
export async function checkIntegration(
  ports: Ports,
  { by, integrationId }: { by: Person; integrationId: string },
): Promise<Checked> {
  demand(ports, by, 'integration.check');
  const found = await target(ports, integrationId);
  const until = toInstant(ports.clock.now() + checkSeconds * 1000);
  const checks = await callTarget(ports, found, until, (call) => found.connector.check(call)).catch(
    unreachable,
  );
  return { integration: integrationId, ok: checks.every((check) => check.ok), checks };
}

function unreachable(error: unknown): Check[] {
  if (!isCurfewError(error)) throw error;
  return [{ name: 'The target answers', ok: false, detail: error.message }];
}
