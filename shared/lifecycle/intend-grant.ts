/** The intent of a grant: receipt, ends and lease, written before the target is touched (invariant 1). */
import { CurfewError, isCurfewError } from '../model/errors.ts';
import type { Call, Grant, GrantIn, Receipt } from '../model/grant.ts';
import { toInstant } from '../model/time.ts';
import type { Ports, Target } from '../ports.ts';
import { amend, type Change } from './amend.ts';
import { joinArtefact, type LoadedArtefact, readArtefact } from './artefact.ts';
import { callTarget } from './call-target.ts';
import { failureOf, system } from './failure.ts';
import { livingCalls, takeLease } from './lease.ts';
import { target as findTarget } from './load.ts';
import { afterWorkflow, targetEnd } from './pace.ts';
import { presentMaximum } from './present-maximum.ts';

export interface Intended {
  target: Target;
  grant: GrantIn<'granting'>;
  call: Call;
}

type Grantable = GrantIn<'approved' | 'granting'>;

/**
 * The grant `granting` under a fresh lease; or the grant as it is, when there is nothing to grant. Throws `Conflict`
 * while another grant call lives, and what `prepare` threw when it may work later.
 */
export async function intendGrant(ports: Ports, grantId: string): Promise<Intended | { grant: Grant }> {
  let found: { target: Target; call: Call } | undefined;
  let failed: unknown;
  const { grant } = await amend(ports, grantId, async (current) => {
    found = failed = undefined;
    if ((current.status !== 'approved' && current.status !== 'granting') || current.wanted) return undefined;
    const refusal = await restricted(ports, current);
    if (refusal) return refusal;
    const target = await findTarget(ports, current.entitlement.integration);
    const intent = await intentOf(ports, target, current);
    if ('error' in intent) {
      failed = intent.error;
      return notPrepared(ports, current, failed);
    }
    found = { target, call: intent.call };
    return intent.intent;
  });
  if (isCurfewError(failed) && failed.retryable) throw failed;
  return found && grant.status === 'granting' ? { ...found, grant } : { grant };
}

/** Only what restricts is asked again at activation (A7): is the grantee still an active person? */
async function restricted(ports: Ports, grant: Grantable): Promise<Change | undefined> {
  const person = await ports.directory.person(grant.grantee.id);
  if (person?.active) return undefined;
  const now = toInstant(ports.clock.now());
  const wanted = {
    cause: 'offboarded' as const,
    by: system,
    reason: 'no active person in the directory',
    at: now,
  };
  const said = { type: 'GrantRefused' as const, actor: system, cause: 'offboarded', reason: wanted.reason };
  return grant.status === 'approved'
    ? { to: 'cancelled', patch: { wanted, closedAt: now, nextTryAt: undefined }, said }
    : { to: 'granting', patch: { wanted }, said };
}

async function intentOf(
  ports: Ports,
  target: Target,
  grant: Grantable,
): Promise<{ intent: Change; call: Call } | { error: unknown }> {
  const { integration, connector } = target;
  if (livingCalls(grant.lease, ports.clock.now()).some((call) => call.kind === 'grant'))
    throw new CurfewError('Conflict', `Another call is granting ${grant.id} just now.`);
  const prepared = await receiptOf(ports, target, grant);
  if ('error' in prepared) return prepared;
  const { receipt, artefact } = prepared;
  const maxSeconds = await presentMaximum(ports, grant);
  const lifetimeSeconds = Math.min(grant.lifetimeSeconds, maxSeconds);
  // From here, not from before preparing: slow reads must not shorten the lifetime.
  const now = ports.clock.now();
  const { lease, call } = takeLease(grant.lease, 'grant', connector.callSeconds, now);
  // A shared artefact may have to wait for another's call, as long as its own.
  const longest = connector.callSeconds * (receipt.shared ? 2 : 1);
  const expiresBy = toInstant(now + (lifetimeSeconds + longest) * 1000);
  const end = targetEnd(expiresBy).toISOString();
  const also = receipt.shared ? [joinArtefact(artefact, integration.id, receipt, grant.id, end)] : [];
  const patch = { receipt, expiresBy, lease, lifetimeSeconds, maxSeconds, nextTryAt: undefined };
  const details = { receipt, lifetimeSeconds, expiresBy, call: call.number, until: call.until };
  const said = { type: 'GrantIntended' as const, actor: system, details };
  return { intent: { to: 'granting', patch, said, also }, call };
}

interface Prepared {
  receipt: Receipt;
  /** The item of a shared one, as it was before the receipt was made. */
  artefact?: LoadedArtefact | undefined;
}

/** The receipt that was stored, or a new one. Preparing reads only: where it is refused, nothing was touched. */
async function receiptOf(
  ports: Ports,
  target: Target,
  grant: Grantable,
): Promise<Prepared | { error: unknown }> {
  try {
    const receipt = grant.status === 'granting' ? grant.receipt : await prepare(ports, target, grant);
    if (!receipt.shared) return { receipt };
    const artefact = await readArtefact(ports, target.integration.id, receipt.artefact);
    const known = artefact?.artefact.stood !== undefined;
    // What stood before is only certain when it was read after the item that this write expects unchanged.
    const certain = known || grant.status === 'granting' ? receipt : await prepare(ports, target, grant);
    return { receipt: certain, artefact };
  } catch (error) {
    return { error };
  }
}

function prepare(ports: Ports, target: Target, grant: Grantable): Promise<Receipt> {
  const { resource, permission } = grant.entitlement;
  const until = toInstant(ports.clock.now() + target.connector.callSeconds * 1000);
  const intent = { grantId: grant.id, resource, permission, grantee: grant.grantee, login: grant.login };
  return callTarget(ports, target, until, (call) => target.connector.prepare(call, intent));
}

/** What may work later is tried again by the workflow; what never will ends the grant. */
function notPrepared(ports: Ports, grant: Grantable, error: unknown): Change {
  const now = ports.clock.now();
  const lastError = failureOf(error, now);
  const actor = system;
  const details = { ...lastError };
  if (grant.status === 'approved' && !(isCurfewError(error) && error.retryable)) {
    const patch = { lastError, closedAt: toInstant(now), nextTryAt: undefined };
    return {
      to: 'failed',
      patch,
      said: { type: 'GrantRefused', actor, cause: 'grant_failed', reason: lastError.detail, details },
    };
  }
  const patch = { lastError, attempts: grant.attempts + 1, nextTryAt: afterWorkflow(now) };
  return {
    to: grant.status,
    patch,
    said: { type: 'GrantAttemptFailed', actor, reason: lastError.detail, details },
  };
}
