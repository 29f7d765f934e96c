/** Steps for any-order.test.ts: what people, the target, the indexes and bad luck may do, as data that can be shrunk. */
import fc from 'fast-check';
import type { Grant } from '../../shared/model/grant.ts';
import { cancelRequest } from '../../shared/usecases/cancel-request.ts';
import { issueCredentials } from '../../shared/usecases/issue-credentials.ts';
import { approve, extend, reject, revoke } from '../support/acting.ts';
import type { Fault, Verb } from '../support/fake-target.ts';
import type { LaggingTable } from '../support/lagging-table.ts';
import type { Death, TableFault } from '../support/mortal.ts';
import type { World } from '../support/world.ts';

type Deed = 'approve' | 'reject' | 'cancel' | 'revoke' | 'extend' | 'credentials';

export type Step =
  | { step: 'ask'; permission: string; seconds: number; by: string }
  | { step: 'do'; deed: Deed; nth: number; by: string }
  | { step: 'wait'; seconds: number }
  | { step: 'fault'; verb: Verb; fault: Fault; times: number }
  | { step: 'table'; faults: (TableFault | undefined)[] }
  | { step: 'heal' }
  | { step: 'die'; afterEffects: number; death: Death }
  | { step: 'lag' }
  | { step: 'catch up' }
  | { step: 'reconcile' };

const permission = fc.constantFrom('read', 'read', 'write', 'admin', 'oncall', 'oncall');
const seconds = fc.integer({ min: 1, max: 90 });
const ask = fc.record({
  step: fc.constant('ask' as const),
  permission,
  seconds,
  by: fc.constantFrom('ana', 'ana', 'ben'),
});
const anybody = fc.constantFrom('its owner', 'its owner', 'its owner', 'dora', 'sam', 'mia', 'adam');
const anyGrant = fc.constantFrom(0, 0, 0, 1, 1, 2, 3);
const anyDeed = fc.constantFrom<Deed>(
  'approve',
  'reject',
  'cancel',
  'revoke',
  'revoke',
  'extend',
  'credentials',
);
const act = fc.record({ step: fc.constant('do' as const), deed: anyDeed, nth: anyGrant, by: anybody });
const waitOf = (...some: number[]) =>
  fc.record({ step: fc.constant('wait' as const), seconds: fc.constantFrom(...some) });
const wait = waitOf(0.1, 1, 3, 7, 12, 30, 100);
const moment = waitOf(0, 0.05, 1, 2, 5);

const trouble = fc.oneof(
  fc.constantFrom<Fault>(
    { kind: 'fails' },
    { kind: 'fails', code: 'Throttled' },
    { kind: 'fails', code: 'TargetRefused' },
    { kind: 'fails-after' },
    { kind: 'hangs' },
  ),
  fc.integer({ min: 1, max: 12 }).map((late): Fault => ({ kind: 'lands-late', seconds: late })),
  fc.integer({ min: 1, max: 12 }).map((slow): Fault => ({ kind: 'slow', seconds: slow })),
);
const verbs = ['prepare', 'grant', 'grant', 'extend', 'revoke', 'revoke', 'inspect', 'credentials'] as const;
const faultOf = (...some: Verb[]) =>
  fc.record({
    step: fc.constant('fault' as const),
    verb: fc.constantFrom(...some),
    fault: trouble,
    times: fc.integer({ min: 1, max: 3 }),
  });
const death = fc.constantFrom<Death>('before', 'after', 'later');
const die = fc.record({ step: fc.constant('die' as const), afterEffects: fc.nat(6), death });
const tableFault = fc.constantFrom<TableFault | undefined>(
  'refused',
  'answer lost',
  'answer lost',
  undefined,
  undefined,
);
const table = fc.record({
  step: fc.constant('table' as const),
  faults: fc.array(tableFault, { minLength: 1, maxLength: 6 }),
});
const rest = fc.constantFrom<Step>(
  { step: 'heal' },
  { step: 'lag' },
  { step: 'catch up' },
  { step: 'reconcile' },
);
const own = (...deeds: Deed[]) =>
  fc.constantFrom(...deeds).map((chosen): Step => ({ step: 'do', deed: chosen, nth: 0, by: 'its owner' }));
const say = (chosen: Deed, person: string) =>
  fc.constant<Step>({ step: 'do', deed: chosen, nth: 0, by: person });

/** What is likely to go wrong together, beside single steps. */
const scene: fc.Arbitrary<Step[]> = fc.oneof(
  fc.tuple(fc.oneof(ask, act, wait, faultOf(...verbs), die, table, rest)),
  fc.tuple(table, ask, moment, own('revoke', 'extend', 'credentials'), wait),
  fc.tuple(faultOf('grant'), ask, moment, own('revoke'), moment),
  fc.tuple(die, ask, moment, own('revoke', 'extend', 'credentials'), wait),
  fc.tuple(
    ask,
    moment,
    faultOf('extend', 'credentials'),
    own('extend', 'credentials'),
    moment,
    own('revoke'),
    wait,
  ),
  fc.tuple(ask, moment, faultOf('revoke', 'inspect'), own('revoke'), moment, ask, wait),
  fc.tuple(ask, ask, moment, own('revoke'), moment, say('revoke', 'adam'), wait),
  fc.tuple(ask, moment, say('approve', 'dora'), say('approve', 'sam'), moment, act),
);

export const anySteps = fc
  .array(scene, { minLength: 1, maxLength: 8, size: 'max' })
  .map((scenes): Step[] => scenes.flat());

/** Takes a step without waiting for its answer: what follows meets it half way. `grants` are those asked for so far. */
export function take(world: World, lagging: LaggingTable, step: Step, grants: Grant[]): Promise<unknown> {
  switch (step.step) {
    case 'ask':
      return world.ask(step.permission, step.seconds, step.by).then((grant) => grants.push(grant));
    case 'do':
      return doToOne(world, step, grants);
    case 'wait':
      return nothing;
    case 'fault':
      world.target.fault(step.verb, step.fault, step.times);
      return nothing;
    case 'table':
      world.life.tableFaults.push(...step.faults);
      return nothing;
    case 'heal':
      world.target.heal();
      return nothing;
    case 'die': {
      const at = world.life.effects + 1 + step.afterEffects;
      world.life.diesAt = (effect) => (effect === at ? step.death : undefined);
      return nothing;
    }
    case 'lag':
      lagging.lagBehind(Number.POSITIVE_INFINITY);
      return nothing;
    case 'catch up':
      lagging.lagBehind(0);
      return nothing;
    case 'reconcile':
      return world.reconcile();
  }
}

const nothing = Promise.resolve();

/** The n-th from the last. */
function doToOne(
  world: World,
  { deed, nth, by }: Extract<Step, { step: 'do' }>,
  grants: Grant[],
): Promise<unknown> {
  const grant = grants.at(-1 - (nth % Math.max(1, grants.length)));
  return grant ? doIt(world, deed, by === 'its owner' ? grant.grantee.id : by, grant) : nothing;
}

function doIt(world: World, deed: Deed, by: string, grant: Grant): Promise<unknown> {
  switch (deed) {
    case 'approve':
      return approve(world, by, grant);
    case 'reject':
      return reject(world, by, grant);
    case 'cancel':
      return cancelRequest(world.ports, { by: world.person(by), requestId: grant.requestId });
    case 'revoke':
      return revoke(world, by, grant);
    case 'extend':
      return extend(world, by, grant, 30);
    case 'credentials':
      return issueCredentials(world.ports, { by: world.person(by), grantId: grant.id });
  }
}
