/**
 * Builders: valid people, flows, integrations and grants with everything filled in, so that a test names only what it is
 * about. Each parses what it built, so that a test never reasons about data that could not exist.
 */
import { Integration } from '../../shared/model/config.ts';
import { Flow } from '../../shared/model/flow.ts';
import { Grant, type GrantIn, type GrantStatus } from '../../shared/model/grant.ts';
import { type Actor, actorOf, Person, refOf } from '../../shared/model/person.ts';
import { toInstant } from '../../shared/model/time.ts';

/** Noon of an ordinary day. Tests count from here, never from the clock of the machine. */
export const noon = Date.UTC(2026, 10, 24, 12);

/** The instant so many seconds after noon. */
export function at(seconds: number): string {
  return toInstant(noon + seconds * 1000);
}

export function aPerson(id: string, with_: Partial<Person> = {}): Person {
  const name = id.charAt(0).toUpperCase() + id.slice(1);
  return Person.parse({ id, name, email: `${id}@example.com`, ...with_ });
}

/** An automatic flow over everything, 15 minutes by default and an hour at most. Durations are seconds, as parsed. */
export function aFlow(with_: Partial<Flow> = {}): Flow {
  return {
    id: 'orders-read',
    name: 'Read orders',
    entitlements: [{ integration: 'orders-db' }],
    selfApproval: false,
    decideWithin: 86_400,
    lifetime: { default: 900, max: 3600, rules: [] },
    extendCutoff: 30,
    onChange: 'keep',
    ...with_,
  };
}

export function anIntegration(with_: Partial<Integration> = {}): Integration {
  return Integration.parse({
    id: 'orders-db',
    name: 'Orders database',
    kind: 'postgresql',
    environment: 'production',
    target: {},
    ...with_,
  });
}

/**
 * A grant in the status named, of `ada` unless told otherwise: asked for at noon, active from noon + 1 s for 900 s,
 * wanted at noon + 600 s, closed at noon + 602 s. Undefined takes an optional field away.
 */
export function aGrant<S extends GrantStatus>(status: S, with_: Partial<GrantIn<S>> = {}): GrantIn<S> {
  const built = { ...base, ...byStatus[status], status, ...with_ };
  return Grant.parse(built) as GrantIn<S>;
}

/** A machinery's name as the one who acted. */
export function theSystem(id = 'workflow'): Actor {
  return { kind: 'system', id };
}

const ada = refOf(aPerson('ada'));

const base = {
  schema: 1,
  id: 'g1',
  requestId: 'r1',
  correlationId: 'c1',
  channel: 'http',
  requester: ada,
  grantee: ada,
  entitlement: { integration: 'orders-db', resource: 'orders', permission: 'read' },
  names: { integration: 'Orders database', resource: 'Orders', permission: 'Read', flow: 'Read orders' },
  environment: 'production',
  flow: { id: 'orders-read', version: 1 },
  reason: 'Looking at order 4711',
  lifetimeSeconds: 900,
  maxSeconds: 3600,
  lifetimeRule: 'flow:orders-read lifetime',
  extendableSeconds: 3600,
  extendCutoffSeconds: 30,
  extendedSeconds: 0,
  decisions: [],
  lease: { number: 0, calls: [] },
  executions: 1,
  attempts: 0,
  createdAt: at(0),
  updatedAt: at(0),
  chain: { seq: 1, hash: 'a'.repeat(64) },
};

const wanted = { cause: 'self', by: actorOf(ada), reason: 'Done', at: at(600) };
const touched = {
  receipt: { artefact: 'curfew_t1_g1', shared: false, stood: false, names: { login: 'curfew_t1_g1' } },
  expiresBy: at(931),
};
const activated = { activatedAt: at(1), expiresAt: at(901) };
const evidence = { present: false, heldBy: [], facts: {}, readAt: at(602) };
const closed = { closedAt: at(602) };

const byStatus: Record<GrantStatus, object> = {
  pending: { decideBy: at(86_400) },
  approved: {},
  granting: touched,
  active: { ...touched, ...activated },
  revoking: { ...touched, ...activated, wanted },
  revoke_failed: { ...touched, ...activated, wanted },
  rejected: closed,
  cancelled: { wanted, ...closed },
  timed_out: closed,
  failed: { ...touched, wanted: { ...wanted, cause: 'grant_failed' }, evidence, ...closed },
  revoked: { ...touched, ...activated, wanted, outcome: 'revoked', evidence, absentAt: at(602), ...closed },
  closed_unverified: { ...touched, ...activated, wanted, ...closed },
};
