/** The workflow begins to wait for a decision: keep its token, unless there is nothing left to decide. */
import { amend } from '../lifecycle/amend.ts';
import { system } from '../lifecycle/failure.ts';
import { waitingSelectors } from '../lifecycle/items.ts';
import { stepOf } from '../lifecycle/step.ts';
import { tokenWrite, type WaitStarted } from '../lifecycle/wake.ts';
import type { Ports } from '../ports.ts';

/** 1. keep the token, on condition that the grant is pending still 2. else wake this very wait with where it stands. */
export async function askApprovers(ports: Ports, { grantId, token }: WaitStarted): Promise<void> {
  const kept = await tokenWriteFor(ports, grantId, token);
  if (!kept.changed) await ports.workflow.wake(token, stepOf(kept.grant, ports.clock.now()));
}

function tokenWriteFor(ports: Ports, grantId: string, token: string): ReturnType<typeof amend> {
  return amend(ports, grantId, async (grant) => {
    if (grant.status !== 'pending') return undefined;
    const also = [await tokenWrite(ports, grantId, token)];
    return {
      to: 'pending',
      said: { type: 'ApproversAsked', actor: system, details: { selectors: waitingSelectors(grant) } },
      also,
    };
  });
}
