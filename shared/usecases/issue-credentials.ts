/**
 * What a stock client needs to use an active grant. 1. claim the lease 2. a fresh secret at the target, good until the
 * target's own end 3. commit, on condition that it is active still; the secret is returned once and stored nowhere.
 */
import type { Credentials } from '../connectors/contract.ts';
import { amend } from '../lifecycle/amend.ts';
import { callTarget } from '../lifecycle/call-target.ts';
import { type Claimed, claimActive } from '../lifecycle/claim-active.ts';
import { releaseLease } from '../lifecycle/lease.ts';
import { mustReadGrant } from '../lifecycle/load.ts';
import { targetEnd } from '../lifecycle/pace.ts';
import { beingEnded, recordCallFailed, takeBack } from '../lifecycle/take-back.ts';
import { demand, subjectOf } from '../lifecycle/who.ts';
import { CurfewError } from '../model/errors.ts';
import { actorOf, type Person, refOf } from '../model/person.ts';
import type { Ports } from '../ports.ts';

/** Throws `StateConflict` where there is no access, or where the grantee uses a login of their own. */
export async function issueCredentials(
  ports: Ports,
  { by, grantId }: { by: Person; grantId: string },
): Promise<Credentials> {
  const { grant: found } = await mustReadGrant(ports, grantId);
  demand(ports, by, 'grant.credentials', await subjectOf(ports, by, found));
  const actor = actorOf(refOf(by));
  const claimed = await claimActive(
    ports,
    grantId,
    'credentials',
    { type: 'CredentialsIntended', actor },
    () => undefined,
  );
  const credentials = await fresh(ports, claimed);
  const { changed } = await amend(ports, grantId, (grant) => {
    if (grant.status !== 'active' || grant.lease.number !== claimed.call.number) return undefined;
    const lease = releaseLease(grant.lease, claimed.call.number, ports.clock.now());
    return {
      to: 'active',
      patch: { lease },
      said: { type: 'CredentialsIssued', actor, details: { issued: credentials !== undefined } },
    };
  });
  if (!changed) {
    await takeBack(ports, claimed);
    throw beingEnded();
  }
  if (!credentials)
    throw new CurfewError(
      'StateConflict',
      `This access is held by your own login${found.login ? ` ${found.login}` : ''}: connect as usual.`,
    );
  return { ...credentials, validUntil: claimed.grant.expiresAt };
}

async function fresh(ports: Ports, claimed: Claimed<unknown>): Promise<Credentials | undefined> {
  const { target, grant, call } = claimed;
  const end = targetEnd(grant.expiresBy, grant.expiresAt);
  try {
    return await callTarget(ports, target, call.until, (at) =>
      target.connector.credentials(at, grant.receipt, end),
    );
  } catch (error) {
    throw await recordCallFailed(ports, claimed, 'CredentialsAttemptFailed', error);
  }
}
