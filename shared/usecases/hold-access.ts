/** The workflow begins to hold an active grant until its end: keep the token that wakes it early. */
import { amend } from '../lifecycle/amend.ts';
import { system } from '../lifecycle/failure.ts';
import { stepOf } from '../lifecycle/step.ts';
import { tokenWrite, type WaitStarted } from '../lifecycle/wake.ts';
import type { Grant } from '../model/grant.ts';
import type { Ports } from '../ports.ts';

/**
 * 1. keep the token, on condition that nobody wants the grant ended and that its end is still the one that the seconds
 * were counted from 2. else wake this very wait at once: a revoke that came before the token must not be lost.
 */
export async function holdAccess(ports: Ports, started: WaitStarted): Promise<void> {
  const { grant, changed } = await amend(ports, started.grantId, async (current) => {
    if (!holds(current, started)) return undefined;
    const also = [await tokenWrite(ports, started.grantId, started.token)];
    return {
      to: 'active',
      said: { type: 'AccessHeld', actor: system, details: { until: current.expiresAt } },
      also,
    };
  });
  if (!changed) await ports.workflow.wake(started.token, stepOf(grant, ports.clock.now()));
}

function holds(grant: Grant, { step }: WaitStarted): grant is Extract<Grant, { status: 'active' }> {
  if (grant.status !== 'active' || grant.wanted) return false;
  return step?.until === undefined || step.until === grant.expiresAt;
}
