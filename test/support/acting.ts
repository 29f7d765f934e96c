/** What people and time do to a world, in words that a test reads well with. */
import type { Grant } from '../../shared/model/grant.ts';
import { toMs } from '../../shared/model/time.ts';
import { askRevoke } from '../../shared/usecases/ask-revoke.ts';
import { decideRequest } from '../../shared/usecases/decide-request.ts';
import { extendAccess } from '../../shared/usecases/extend-access.ts';
import { checkInvariants } from './check-invariants.ts';
import type { World } from './world.ts';

type Named = Pick<Grant, 'id'>;

/** Lets time pass until the grant has that status. Throws when it does not come in time. */
export async function becomes<S extends Grant['status']>(
  world: World,
  { id }: Named,
  status: S,
  withinSeconds = 60,
): Promise<Extract<Grant, { status: S }>> {
  const reached = async () => (await world.grant(id)).status === status;
  await world.clock.runUntil(reached, { withinSeconds }).catch(async (error: unknown) => {
    const { status: is, lastError } = await world.grant(id);
    throw new Error(`${id} is ${is}, not ${status}, after ${withinSeconds} s (${lastError?.detail})`, {
      cause: error,
    });
  });
  return (await world.grant(id)) as Extract<Grant, { status: S }>;
}

/** Asks for an automatic grant, and lets it become active. */
export async function isActive(world: World, seconds: number, permission = 'read', by = 'ana') {
  return becomes(world, await world.ask(permission, seconds, by), 'active', 5);
}

/** Lets time pass until all is over, and checks that it is: every grant closed, no access left, every execution gone. */
export async function allEnds(world: World, withinSeconds: number): Promise<void> {
  await world.clock.advance(withinSeconds);
  await checkInvariants(world, { ended: true });
}

export function approve(world: World, by: string, { requestId }: Pick<Grant, 'requestId'>) {
  return decideRequest(world.ports, { by: world.person(by), requestId, decision: 'approve' });
}

export function reject(world: World, by: string, { requestId }: Pick<Grant, 'requestId'>) {
  return decideRequest(world.ports, { by: world.person(by), requestId, decision: 'reject' });
}

export function revoke(world: World, by: string, { id }: Named) {
  return askRevoke(world.ports, { by: world.person(by), grantId: id, reason: 'enough' });
}

export function extend(world: World, by: string, { id }: Named, durationSeconds: number) {
  return extendAccess(world.ports, { by: world.person(by), grantId: id, durationSeconds, reason: 'more' });
}

/** While `work` runs, nothing wakes an execution: the callback is lost. */
export async function withoutWakes<T>(world: World, work: () => Promise<T>): Promise<T> {
  const { workflow } = world.ports;
  world.ports.workflow = { ...workflow, wake: async () => false };
  try {
    return await work();
  } finally {
    world.ports.workflow = workflow;
  }
}

/** The states that the grant's first execution went through. */
export function statesOf(world: World, { id }: Named): string[] {
  return world.visited.filter(({ execution }) => execution === id).map(({ state }) => state);
}

/** Seconds from `instant` until access ended at the target. */
export function lateness(world: World, { id }: Named, instant: string): number {
  const artefact = world.artefactOf({ id });
  const gone = world.target.history.findLast((change) => change.artefact === artefact && !change.present);
  return ((gone?.at ?? Number.NaN) - toMs(instant)) / 1000;
}
