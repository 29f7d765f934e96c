/**
 * Moves the end of an active grant. 1. claim the lease, if the rules allow it 2. move the target's own end; never creates
 * 3. commit, on condition that it is active still and nobody wants it ended 4. wake the hold, which counts anew.
 */
import { amend } from '../lifecycle/amend.ts';
import { raiseEnd } from '../lifecycle/artefact.ts';
import { callTarget } from '../lifecycle/call-target.ts';
import { claimActive, type Claimed } from '../lifecycle/claim-active.ts';
import { type Idempotency, keepKey, replayOf } from '../lifecycle/idempotency.ts';
import { livingCalls, releaseLease } from '../lifecycle/lease.ts';
import { mustReadGrant } from '../lifecycle/load.ts';
import { targetEnd } from '../lifecycle/pace.ts';
import { beingEnded, recordCallFailed, takeBack } from '../lifecycle/take-back.ts';
import { wake } from '../lifecycle/wake.ts';
import { demand, subjectOf } from '../lifecycle/who.ts';
import { CurfewError, isCurfewError } from '../model/errors.ts';
import type { Said } from '../model/events.ts';
import type { Grant } from '../model/grant.ts';
import { actorOf, type Person, refOf } from '../model/person.ts';
import { toMs } from '../model/time.ts';
import type { Ports } from '../ports.ts';
import { mayExtend } from '../rules/extension.ts';

export interface ExtensionAsked {
  by: Person;
  grantId: string;
  durationSeconds: number;
  reason: string;
  idempotency?: Idempotency | undefined;
}

/** Throws `Refused` (beyond what the flow allows), `StateConflict` (ending, too late, busy), and what the target threw. */
export async function extendAccess(ports: Ports, asked: ExtensionAsked): Promise<{ grant: Grant }> {
  const { grant: found } = await mustReadGrant(ports, asked.grantId);
  demand(ports, asked.by, 'grant.extend', await subjectOf(ports, asked.by, found));
  const replayed = () => replayOf(ports, asked.by.id, routeOf(asked), asked.idempotency);
  if ((await replayed()) !== undefined) return { grant: found };
  try {
    return { grant: await extendOnce(ports, asked) };
  } catch (error) {
    // The same key may be at it in another hand: its answer is this one's.
    if (!asked.idempotency || !isCurfewError(error, 'StateConflict')) throw error;
    const grant = await quiet(ports, asked.grantId);
    if ((await replayed()) === undefined) throw error;
    return { grant };
  }
}

async function extendOnce(ports: Ports, asked: ExtensionAsked): Promise<Grant> {
  const said: Said = { type: 'ExtendIntended', actor: actorOf(refOf(asked.by)), reason: asked.reason };
  const claimed = await claimActive(ports, asked.grantId, 'extend', said, (grant, now) => {
    const verdict = mayExtend(grant, asked.durationSeconds, now);
    if (!verdict.ok) throw new CurfewError(verdict.code, verdict.reason, { rule: verdict.rule });
    return verdict.expiresAt;
  });
  await moveEnd(ports, claimed);
  const { grant, changed } = await commit(ports, claimed, asked);
  if (!changed) {
    await takeBack(ports, claimed);
    throw beingEnded();
  }
  await wake(ports, grant);
  return grant;
}

function routeOf({ grantId }: ExtensionAsked): string {
  return `POST /grants/${grantId}/extend`;
}

/** The grant once no extension of it is under way any more. Each ends by its own limit. */
async function quiet(ports: Ports, grantId: string): Promise<Grant> {
  for (;;) {
    const { grant } = await mustReadGrant(ports, grantId);
    const now = ports.clock.now();
    if (!livingCalls(grant.lease, now).some((call) => call.kind === 'extend')) return grant;
    await ports.clock.sleepUntil(now + 50);
  }
}

async function moveEnd(ports: Ports, claimed: Claimed<string>): Promise<void> {
  const { target, grant, call, value: expiresAt } = claimed;
  const { receipt } = grant;
  try {
    const end = targetEnd(expiresAt).toISOString();
    // Of a shared artefact the target keeps the end of whoever holds it longest.
    const last = receipt.shared ? await raiseEnd(ports, target.integration.id, receipt.artefact, end) : end;
    await callTarget(ports, target, call.until, (at) => target.connector.extend(at, receipt, new Date(last)));
  } catch (error) {
    throw await recordCallFailed(ports, claimed, 'ExtendAttemptFailed', error);
  }
}

function commit(
  ports: Ports,
  { grant: { id }, call, value: expiresAt }: Claimed<string>,
  asked: ExtensionAsked,
): Promise<{ grant: Grant; changed: boolean }> {
  return amend(ports, id, (grant) => {
    if (grant.status !== 'active' || grant.wanted || grant.lease.number !== call.number) return undefined;
    if (toMs(grant.expiresAt) <= ports.clock.now()) return undefined;
    const lease = releaseLease(grant.lease, call.number, ports.clock.now());
    const extendedSeconds = grant.extendedSeconds + asked.durationSeconds;
    return {
      to: 'active',
      patch: { lease, expiresAt, extendedSeconds },
      said: {
        type: 'AccessExtended',
        actor: actorOf(refOf(asked.by)),
        reason: asked.reason,
        details: { from: grant.expiresAt, to: expiresAt },
      },
      also: keepKey(ports, asked.by.id, routeOf(asked), asked.idempotency, id),
    };
  });
}
