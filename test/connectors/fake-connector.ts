/** A connector over a target in memory: honest, or with one fault of a kind that real connectors have. */
import { setImmediate as turn } from 'node:timers/promises';
import * as z from 'zod';
import type { Call, Connector, Intent } from '../../shared/connectors/contract.ts';
import { CurfewError } from '../../shared/model/errors.ts';
import type { Receipt } from '../../shared/model/grant.ts';
import type { Subject } from './contract.ts';

export const faults = {
  'prepare-touches': 'preparing grants already',
  'prepare-accepts-all': 'preparing takes what is not on offer',
  'one-name-for-all': 'every grant has the same artefact',
  'no-mark': 'the artefact does not carry the installation',
  'grant-does-nothing': 'granting changes nothing',
  'grant-not-idempotent': 'granting again fails',
  'grant-stacks': 'granting again has to be revoked again',
  'grant-ignores-abort': 'a stopped call goes on',
  'grant-ignores-deadline': 'a call that is late goes on',
  'end-ignored': 'the end is not given to the target',
  'extend-creates': 'extending makes what is gone',
  'extend-breaks': 'extending ends the access',
  'credentials-same': 'the secret is the same each time',
  'credentials-pile-up': 'the secret before goes on working',
  'credentials-create': 'asking for a secret makes the login',
  'credentials-in-facts': 'the secret is in the evidence',
  'inspect-always-absent': 'reading says absent, always',
  'inspect-always-present': 'reading says present, always',
  'revoke-does-nothing': 'revoking changes nothing',
  'revoke-throws-when-absent': 'revoking what is gone fails',
  'revoke-always-found': 'revoking says it found something, always',
  'revoke-never-found': 'revoking says it found nothing, always',
  'revoke-takes-all': 'revoking ends every grant there is',
  'revoke-takes-standing': 'revoking takes what somebody else gave',
  'revoke-trusts-stood': 'revoking leaves what the receipt says stood',
  'revoke-keeps-sessions': 'revoking leaves sessions open',
  'revoke-needs-config': 'revoking looks the permission up',
  'heldby-silent': 'what else gives the access is not named',
  'check-silent': 'checking says nothing',
  'plain-errors': 'errors are not in the catalogue',
} as const;
export type Fault = keyof typeof faults;

interface Thing {
  end: number;
  secrets: Set<string>;
  times: number;
  sessions: Set<object>;
}
interface World {
  ours: Map<string, Thing>;
  standing: Set<string>;
  now: number;
  count: number;
}

/** A subject for the contract suite. */
export function fakeSubject(mode: 'account' | 'membership', fault?: Fault): Subject {
  const world: World = { ours: new Map(), standing: new Set(), now: 1_000_000, count: 0 };
  const connector = fakeConnector(world, mode, fault);
  const canUse = async ({ artefact }: Receipt) =>
    world.standing.has(artefact) || (world.ours.get(artefact)?.end ?? 0) > world.now;
  return {
    connector,
    canUse,
    call: (over) => ({ ...baseCall, deadlineMs: world.now + 10_000, ...over }),
    intent: (over) => ({ ...baseIntent, grantId: `g${(world.count += 1)}`, ...over }),
    hostile: async () => [`"; DROP ROLE x; --`, `'quote`, 'ünïcode', '../..'].map((grantId) => ({ ...baseIntent, grantId })), // biome-ignore format: one thought
    end: (seconds = 3600) => new Date(world.now + seconds * 1000),
    opens: async ({ user, password }) => world.ours.get(String(user))?.secrets.has(String(password)) ?? false,
    openSession: async ({ artefact }) => {
      const session = {};
      world.ours.get(artefact)?.sessions.add(session);
      return {
        alive: async () => [...world.ours.values(), lost(world)].some((one) => one.sessions.has(session)),
      };
    },
    ...(mode === 'membership'
      ? { giveStanding: async (intent: Intent) => void world.standing.add(intent.grantee.id) }
      : {}),
    endsByItself: mode === 'account',
    reset: async () => {
      world.ours.clear();
      world.standing.clear();
    },
    close: () => connector.close(),
  };
}

const baseCall = {
  integration: { id: 'fake', name: 'Fake', kind: 'postgresql', environment: 'test', target: { resources: { r: ['p'] } } }, // biome-ignore format: one thought
  installation: 'test',
  signal: new AbortController().signal,
} satisfies Omit<Call, 'deadlineMs'>;
const baseIntent = { resource: 'r', permission: 'p', grantee: { id: 'ana', name: 'Ana' } };

/** Sessions that a careless revoke left behind. */
function lost(world: World): Thing {
  const thing = world.ours.get('#lost') ?? { end: 0, secrets: new Set(), times: 0, sessions: new Set() };
  world.ours.set('#lost', thing);
  return thing;
}

function fakeConnector(world: World, mode: 'account' | 'membership', fault?: Fault): Connector {
  const is = (name: Fault) => fault === name;
  const shared = mode === 'membership';
  const fail = (code: 'TargetRefused' | 'TargetUnavailable', text: string) =>
    is('plain-errors') ? new Error(text) : new CurfewError(code, text, { mayLand: false });
  const begin = async (call: Call) => {
    const stopped = call.signal.aborted && !is('grant-ignores-abort');
    const late = call.deadlineMs <= world.now && !is('grant-ignores-deadline');
    if (stopped || late) throw fail('TargetUnavailable', 'the call is stopped or late');
    await turn();
  };
  const put = (artefact: string, end: Date) => {
    const known = world.ours.get(artefact);
    if (known && is('grant-not-idempotent')) throw fail('TargetRefused', 'it is there already');
    const at = is('end-ignored') ? Number.POSITIVE_INFINITY : end.getTime();
    const times = is('grant-stacks') ? (known?.times ?? 0) + 1 : 1;
    world.ours.set(artefact, { secrets: new Set(), sessions: new Set(), ...known, end: at, times });
  };
  const alter = (artefact: string, creates: boolean): Thing => {
    if (creates && !world.ours.has(artefact)) put(artefact, new Date(world.now + 60_000));
    const thing = world.ours.get(artefact);
    if (!thing) throw fail('TargetRefused', 'it is not there any more');
    return thing;
  };
  const take = (artefact: string) => {
    const thing = world.ours.get(artefact);
    if (thing && is('revoke-keeps-sessions'))
      for (const session of thing.sessions) lost(world).sessions.add(session);
    if (thing && (thing.times -= 1) > 0) return;
    world.ours.delete(artefact);
    if (is('revoke-takes-all')) world.ours.clear();
    if (is('revoke-takes-standing')) world.standing.delete(artefact);
  };
  return {
    kind: 'postgresql',
    target: z.looseObject({ resources: z.record(z.string(), z.unknown()) }),
    settleSeconds: 0,
    callSeconds: 10,
    catalog: () => [{ resource: 'r', resourceName: 'R', permission: 'p', permissionName: 'P', mode }],
    async prepare(call, intent) {
      const known = intent.resource === 'r' && intent.permission === 'p';
      if (!known && !is('prepare-accepts-all')) throw fail('TargetRefused', 'that is not on offer');
      const own = is('one-name-for-all')
        ? 'test'
        : `${is('no-mark') ? '' : call.installation}-${intent.grantId}`;
      const artefact = shared ? (is('one-name-for-all') ? intent.grantId : intent.grantee.id) : own;
      if (is('prepare-touches')) put(artefact, new Date(world.now + 60_000));
      return { artefact, shared, stood: shared && world.ours.has(artefact), names: {} };
    },
    async grant(call, { artefact }, end) {
      await begin(call);
      if (!is('grant-does-nothing')) put(artefact, end);
    },
    async extend(call, { artefact }, end) {
      await begin(call);
      alter(artefact, is('extend-creates')).end = is('extend-breaks') ? 0 : end.getTime();
    },
    async revoke(call, receipt) {
      await begin(call);
      const found = world.ours.has(receipt.artefact);
      if (!found && is('revoke-throws-when-absent')) throw fail('TargetRefused', 'it is not there any more');
      const configured = Object.keys(call.integration.target['resources'] ?? {}).length > 0;
      if (is('revoke-needs-config') && !configured) throw fail('TargetRefused', 'that is not on offer');
      const skip = is('revoke-does-nothing') || (is('revoke-trusts-stood') && receipt.stood);
      if (!skip) take(receipt.artefact);
      return { found: is('revoke-always-found') || (found && !is('revoke-never-found')) };
    },
    async inspect(call, { artefact }) {
      await begin(call);
      const present =
        is('inspect-always-present') || (world.ours.has(artefact) && !is('inspect-always-absent'));
      const heldBy = world.standing.has(artefact) && !is('heldby-silent') ? ['somebody'] : [];
      const secrets = is('credentials-in-facts') ? [...(world.ours.get(artefact)?.secrets ?? [])] : [];
      return { present, heldBy, facts: { artefact, secrets } };
    },
    async credentials(call, { artefact }) {
      await begin(call);
      if (shared) return undefined;
      const thing = alter(artefact, is('credentials-create'));
      const password = is('credentials-same') ? 'same' : `secret-${(world.count += 1)}`;
      if (!is('credentials-pile-up')) thing.secrets.clear();
      thing.secrets.add(password);
      return { user: artefact, password };
    },
    check: async () => (is('check-silent') ? [] : [{ name: 'fake', ok: true, detail: 'it is a fake' }]),
    close: async () => {},
  };
}
