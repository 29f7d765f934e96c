/**
 * Makes the target match what a shared artefact's item says: there while anybody holds it, else gone. What stood before
 * Curfew is neither removed nor, where somebody else took it away meanwhile, put back. The target does not check our numbers, so whoever lost the lease during a call leaves the artefact dirty.
 */
import type * as contract from '../connectors/contract.ts';
import type { Reading } from '../connectors/contract.ts';
import { CurfewError } from '../model/errors.ts';
import type { Call } from '../model/grant.ts';
import { toMs } from '../model/time.ts';
import type { Ports, Target } from '../ports.ts';
import { type Artefact, amendArtefact } from './artefact.ts';
import { callTarget, mayLand } from './call-target.ts';
import { isBeingRevoked, livingCalls, releaseLease, takeLease } from './lease.ts';

export interface Converged {
  artefact: Artefact;
  reading: Reading;
  /** Was there anything to remove, when it was removed? */
  found: boolean;
  /** No call of anybody's can land any more, and the target matches. */
  clean: boolean;
}

/** `look`: nobody holds it and it stood before. It is not ours to change. */
type Aim = 'grant' | 'revoke' | 'look';

interface Claim {
  call: Call;
  aim: Aim;
  artefact: Artefact;
}

/** How long to wait before looking again whether another's call is over. */
const pauseMs = 50;

/** Converges by `until`, or throws `Settling` (others are still at it) or what the connector threw. */
export async function converge(
  ports: Ports,
  target: Target,
  name: string,
  until: string,
): Promise<Converged> {
  for (;;) {
    const claimed = await claim(ports, target, name);
    if (claimed) {
      const done = await act(ports, target, name, claimed);
      if (done) return done;
    }
    if (ports.clock.now() + pauseMs >= toMs(until))
      throw new CurfewError('Settling', `Others are still changing ${name}; it is made to match after them.`);
    await ports.clock.sleepUntil(ports.clock.now() + pauseMs);
  }
}

/** The lease of the artefact, unless a living call of another holds it. A removal waits for nothing but a removal. */
async function claim(
  ports: Ports,
  { connector, integration }: Target,
  name: string,
): Promise<Claim | undefined> {
  const now = ports.clock.now();
  let taken: Claim | undefined;
  await amendArtefact(ports, integration.id, name, (artefact) => {
    const aim = aimOf(artefact);
    const kind = aim === 'grant' ? 'grant' : 'revoke';
    const busy =
      aim === 'grant' ? livingCalls(artefact.lease, now).length > 0 : isBeingRevoked(artefact.lease, now);
    if (busy) return void (taken = undefined);
    const { lease, call } = takeLease(artefact.lease, kind, connector.callSeconds, now);
    taken = { call, aim, artefact };
    return { ...artefact, lease, dirty: true };
  });
  return taken;
}

async function act(
  ports: Ports,
  target: Target,
  name: string,
  claimed: Claim,
): Promise<Converged | undefined> {
  try {
    const result = await callTarget(ports, target, claimed.call.until, (at) =>
      change(ports, target, claimed, at),
    );
    return await record(ports, target, name, claimed, result);
  } catch (error) {
    if (!mayLand(error)) await forget(ports, target, name, claimed.call);
    throw error;
  }
}

interface Result {
  found: boolean;
  reading: Reading;
}

async function change(
  ports: Ports,
  { connector, integration }: Target,
  { aim, artefact }: Claim,
  at: contract.Call,
): Promise<Result> {
  const { receipt } = artefact;
  const removed = aim === 'revoke' ? await connector.revoke(at, receipt) : { found: false };
  if (aim === 'grant') {
    // Taken away by somebody else since: what is made now is ours, and is removed when the last holder leaves.
    if (artefact.stood && !(await connector.inspect(at, receipt)).present)
      await amendArtefact(ports, integration.id, receipt.artefact, (latest) => ({ ...latest, stood: false }));
    await connector.grant(at, receipt, new Date(artefact.end));
  }
  return { found: removed.found, reading: await connector.inspect(at, receipt) };
}

/** Undefined when the lease was lost or the holders changed: then it is done once more. */
async function record(
  ports: Ports,
  { integration }: Target,
  name: string,
  { call, aim }: Claim,
  { found, reading }: Result,
): Promise<Converged | undefined> {
  const now = ports.clock.now();
  let again = false;
  let clean = false;
  const { artefact } = await amendArtefact(ports, integration.id, name, (latest) => {
    again = latest.lease.number !== call.number || aimOf(latest) !== aim;
    const others = livingCalls(latest.lease, now, call.number).length > 0;
    const matches = aim === 'look' || reading.present === (aim === 'grant');
    clean = !again && !others && matches;
    const { stood, ...rest } = latest;
    const forgotten = clean && aim !== 'grant' && !reading.present;
    return {
      ...rest,
      ...(!forgotten && stood !== undefined && { stood }),
      lease: releaseLease(latest.lease, call.number, now),
      dirty: !clean,
    };
  });
  return again ? undefined : { artefact, reading, found, clean };
}

async function forget(ports: Ports, { integration }: Target, name: string, call: Call): Promise<void> {
  const now = ports.clock.now();
  await amendArtefact(ports, integration.id, name, (artefact) => ({
    ...artefact,
    lease: releaseLease(artefact.lease, call.number, now),
  }));
}

function aimOf({ holders, stood }: Artefact): Aim {
  if (holders.length > 0) return 'grant';
  return stood === true ? 'look' : 'revoke';
}
