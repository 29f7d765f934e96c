/**
 * Makes the target match what a shared artefact's item says: there while anybody holds it or it stood before Curfew,
 * else gone. The target does not check our numbers, so whoever lost the lease during a call leaves the artefact dirty.
 */
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

interface Claim {
  call: Call;
  there: boolean;
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
    const there = shouldBeThere(artefact);
    const busy = there ? livingCalls(artefact.lease, now).length > 0 : isBeingRevoked(artefact.lease, now);
    if (busy) return void (taken = undefined);
    const { lease, call } = takeLease(artefact.lease, there ? 'grant' : 'revoke', connector.callSeconds, now);
    taken = { call, there, artefact };
    return { ...artefact, lease, dirty: true };
  });
  return taken;
}

async function act(
  ports: Ports,
  target: Target,
  name: string,
  { call, there, artefact }: Claim,
): Promise<Converged | undefined> {
  const { connector } = target;
  try {
    const result = await callTarget(ports, target, call.until, async (at) => {
      const removed = there ? { found: false } : await connector.revoke(at, artefact.receipt);
      if (there) await connector.grant(at, artefact.receipt, new Date(artefact.end));
      return { found: removed.found, reading: await connector.inspect(at, artefact.receipt) };
    });
    return await record(ports, target, name, call, there, result);
  } catch (error) {
    if (!mayLand(error)) await forget(ports, target, name, call);
    throw error;
  }
}

/** Undefined when the lease was lost or the holders changed: then it is done once more. */
async function record(
  ports: Ports,
  { integration }: Target,
  name: string,
  call: Call,
  there: boolean,
  { found, reading }: { found: boolean; reading: Reading },
): Promise<Converged | undefined> {
  const now = ports.clock.now();
  let again = false;
  let clean = false;
  const { artefact } = await amendArtefact(ports, integration.id, name, (artefact) => {
    again = artefact.lease.number !== call.number || shouldBeThere(artefact) !== there;
    const others = livingCalls(artefact.lease, now, call.number).length > 0;
    clean = !again && !others && reading.present === there;
    const forgotten = clean && !there;
    const { stood, ...rest } = artefact;
    return {
      ...rest,
      ...(!forgotten && stood !== undefined && { stood }),
      lease: releaseLease(artefact.lease, call.number, now),
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

function shouldBeThere(artefact: Artefact): boolean {
  return artefact.holders.length > 0 || artefact.stood === true;
}
