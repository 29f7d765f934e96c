/** Stories for crash-points.test.ts: what people do one after the other, told so that whoever hears no answer asks again. */
import type { Flow } from '../../shared/model/flow.ts';
import type { Grant } from '../../shared/model/grant.ts';
import { cancelRequest } from '../../shared/usecases/cancel-request.ts';
import { extendAccess } from '../../shared/usecases/extend-access.ts';
import { issueCredentials } from '../../shared/usecases/issue-credentials.ts';
import { submitRequest } from '../../shared/usecases/submit-request.ts';
import { approve, reject, revoke } from '../support/acting.ts';
import { allGrants } from '../support/check-invariants.ts';
import { apply, changeFlow, plan } from '../support/flow-changes.ts';
import type { World } from '../support/world.ts';

export interface Step {
  /** Done by somebody, and done again when no answer came. */
  act?(world: World): Promise<unknown>;
  /** Waited for; after an `act`, what says that it need not be done again. */
  until?(grants: Grant[]): boolean;
}

export interface Story {
  name: string;
  steps: Step[];
  /** How each grant ends, in the order of their making: `<status> <cause>`. */
  ends: string[];
  before?(world: World): void;
}

const statuses = (grants: Grant[]) => grants.map((grant) => grant.status).join(' ');
const is = (text: string): Step => ({ until: (grants) => statuses(grants) === text });
const closed: Step = {
  until: (grants) => grants.every((grant) => 'closedAt' in grant && grant.closedAt !== undefined),
};

function asks(permission: string, durationSeconds: number): Step {
  const key = `${permission} ${durationSeconds}`;
  const entitlements = [{ integration: 'orders-db', resource: 'orders', permission }];
  const idempotency = { key, bodyHash: key };
  const asked = { channel: 'http' as const, entitlements, durationSeconds, reason: 'OPS-1', idempotency };
  return { act: (world) => submitRequest(world.ports, { ...asked, by: world.person('ana') }) };
}

/** Does something about the first grant. */
function does(
  act: (world: World, grant: Grant) => Promise<unknown>,
  until?: (grant: Grant) => boolean,
): Step {
  return {
    act: async (world) => act(world, first(await allGrants(world))),
    ...(until && { until: (grants: Grant[]) => until(first(grants)) }),
  };
}

function first([grant]: Grant[]): Grant {
  if (!grant) throw new Error('no grant was made');
  return grant;
}

const seconds = 60;
const idempotency = { key: 'longer', bodyHash: 'longer' };
/** Time passes meanwhile: with the same key, an extension waits for the one that a dead process left under way. */
const longer = does(async (world, { id }) => {
  const by = world.person('ana');
  let over = false;
  const asked = extendAccess(world.ports, {
    by,
    grantId: id,
    durationSeconds: 60,
    reason: 'more',
    idempotency,
  });
  const settled = asked.catch(() => {}).finally(() => (over = true));
  await world.clock.runUntil(() => over, { withinSeconds: 15 });
  await settled;
  return asked;
});
/** The flow is deployed again, and an admin applies that with one key. */
const applying = (with_: Partial<Flow>) => async (world: World) => {
  await changeFlow(world, 'orders-read', with_);
  return apply(world, (await plan(world)).digest, 'adam', 'k');
};
const shorter = does(
  applying({ onChange: 'shorten', lifetime: { default: 20, max: 30, rules: [] } }),
  ({ maxSeconds }) => maxSeconds === 30,
);
const notForThem = does(
  applying({ onChange: 'revoke', requesters: [{ group: 'security' }] }),
  ({ wanted }) => wanted !== undefined,
);
const credentials = does((world, { id }) =>
  issueCredentials(world.ports, { by: world.person('ana'), grantId: id }),
);
const cancel = does(
  (world, { requestId }) => cancelRequest(world.ports, { by: world.person('ana'), requestId }),
  (grant) => grant.status === 'cancelled',
);

export const stories: Story[] = [
  { name: 'approved by its flow, it expires', steps: [asks('read', 20), closed], ends: ['revoked expired'] },
  {
    name: 'approved by a person, it expires',
    steps: [
      asks('write', 20),
      is('pending'),
      does(
        (world, grant) => approve(world, 'dora', grant),
        (grant) => grant.status !== 'pending',
      ),
      closed,
    ],
    ends: ['revoked expired'],
  },
  {
    name: 'revoked early',
    steps: [asks('read', 3600), is('active'), does((world, grant) => revoke(world, 'ana', grant)), closed],
    ends: ['revoked self'],
  },
  {
    name: 'revoked while it is being granted',
    steps: [asks('read', 3600), is('granting'), does((world, grant) => revoke(world, 'ana', grant)), closed],
    ends: ['revoked self'],
    before: ({ target }) => target.fault('grant', { kind: 'slow', seconds: 4 }),
  },
  {
    name: 'extended',
    steps: [asks('read', seconds), is('active'), longer, closed],
    ends: ['revoked expired'],
  },
  {
    name: 'shortened by its flow',
    steps: [asks('read', seconds), is('active'), shorter, closed],
    ends: ['revoked expired'],
  },
  {
    name: 'ended by its flow',
    steps: [asks('read', seconds), is('active'), notForThem, closed],
    ends: ['revoked flow_changed'],
  },
  {
    name: 'with credentials',
    steps: [asks('read', seconds), is('active'), credentials, closed],
    ends: ['revoked expired'],
  },
  {
    name: 'two over one shared artefact',
    steps: [asks('oncall', 60), asks('oncall', 90), is('active active'), closed],
    ends: ['revoked expired', 'revoked expired'],
  },
  {
    name: 'one over a shared artefact that stood before',
    steps: [asks('oncall', 20), closed],
    ends: ['revoked expired'],
    before: ({ target }) => target.stand('oncall<-ana'),
  },
  {
    name: 'rejected',
    steps: [
      asks('write', 20),
      is('pending'),
      does(
        (world, grant) => reject(world, 'dora', grant),
        (grant) => grant.status === 'rejected',
      ),
      closed,
    ],
    ends: ['rejected'],
  },
  {
    name: 'cancelled',
    steps: [asks('write', 20), is('pending'), cancel, closed],
    ends: ['cancelled cancelled'],
  },
  {
    name: 'refused by the target',
    steps: [asks('read', 20), closed],
    ends: ['failed grant_failed'],
    before: ({ target }) => target.fault('grant', { kind: 'fails', code: 'TargetRefused' }, 50),
  },
  {
    name: 'with a revoke that fails at first',
    steps: [asks('read', 20), closed],
    ends: ['revoked expired'],
    before: ({ target }) => target.fault('revoke', { kind: 'fails-after' }, 2),
  },
];
