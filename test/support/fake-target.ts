/**
 * A target that does what it is told, or what a test arranged: throttle, fail before or after the effect, never answer,
 * land late, read stale, lag. It validates what it is sent, and `hasAccess` is the truth, which no connector call returns.
 */
import * as z from 'zod';
import type { Call, Connector } from '../../shared/connectors/contract.ts';
import { CurfewError } from '../../shared/model/errors.ts';
import type { Receipt } from '../../shared/model/grant.ts';
import type { Clock } from '../../shared/ports.ts';

export type Verb = 'prepare' | 'grant' | 'extend' | 'revoke' | 'inspect' | 'credentials';

/** What one call of a verb shall do instead of just working. */
export type Fault =
  | { kind: 'fails'; code?: CurfewError['code'] }
  | { kind: 'fails-after'; code?: 'TargetUnavailable' }
  | { kind: 'hangs' }
  /** Answers with an error at once; the effect comes so many seconds later. */
  | { kind: 'lands-late'; seconds: number }
  | { kind: 'slow'; seconds: number }
  | { kind: 'reads-absent' };

export interface FakeTarget extends Connector {
  /** Who has access, by artefact: the truth at the target. */
  present: Map<string, { end: number }>;
  /** Access that stood before Curfew: it is there, and must stay. */
  standing: Set<string>;
  /** Calls so far, in order. */
  calls: { verb: Verb; artefact: string; at: number }[];
  /** Each time that access came or went. */
  history: { artefact: string; present: boolean; at: number }[];
  /** Integrations that answer nobody. */
  down: Set<string>;
  /** How often it ended all calls under way. */
  quieted: number;
  /** The next calls of this verb do this; several are used one after another. */
  fault(verb: Verb, fault: Fault, times?: number): void;
  heal(): void;
  hasAccess(artefact: string): boolean;
  stand(artefact: string): void;
}

export interface FakeTargetOptions {
  shared?: boolean;
  settleSeconds?: number;
  callSeconds?: number;
  /** Can it end what an earlier process left running? */
  quiesces?: boolean;
}

export function createFakeTarget(clock: Clock, options: FakeTargetOptions = {}): FakeTarget {
  const faults = new Map<Verb, Fault[]>();
  const present: FakeTarget['present'] = new Map();
  const standing: FakeTarget['standing'] = new Set();
  const calls: FakeTarget['calls'] = [];
  const history: FakeTarget['history'] = [];
  const down: FakeTarget['down'] = new Set();

  async function run<T>(verb: Verb, call: Call, artefact: string, effect: () => T): Promise<T> {
    calls.push({ verb, artefact, at: clock.now() });
    if (call.installation !== 'test') throw new Error('the call carries another installation');
    const fault = down.has(call.integration.id) ? ({ kind: 'hangs' } as const) : faults.get(verb)?.shift();
    const error = (code: CurfewError['code'] = 'TargetUnavailable', mayLand = true) =>
      new CurfewError(code, `${verb} of ${artefact}: ${fault?.kind}`, {
        mayLand,
        effective: code === 'RevokeBlocked',
      });
    const begun = target.quieted;
    const landLate = () => (target.quieted === begun ? effect() : undefined);
    switch (fault?.kind) {
      case 'fails':
        throw error(fault.code, false);
      case 'fails-after':
        effect();
        throw error(fault.code);
      case 'hangs':
        await clock.sleepUntil(call.deadlineMs + 365 * 86_400_000, call.signal);
        throw error();
      case 'lands-late':
        void clock
          .sleepUntil(Math.min(clock.now() + fault.seconds * 1000, call.deadlineMs - 1))
          .then(landLate)
          .catch(() => {});
        throw error();
      case 'slow':
        await clock.sleepUntil(Math.min(clock.now() + fault.seconds * 1000, call.deadlineMs - 1));
        if (target.quieted !== begun) throw error();
        return effect();
      case 'reads-absent':
        return { present: false, heldBy: [], facts: { stale: true } } as T;
      case undefined:
        return effect();
    }
  }

  function put(artefact: string, end: Date): void {
    if (!present.has(artefact)) history.push({ artefact, present: true, at: clock.now() });
    present.set(artefact, { end: end.getTime() });
  }

  function remove(artefact: string): { found: boolean } {
    const found = present.delete(artefact);
    if (found) history.push({ artefact, present: false, at: clock.now() });
    return { found };
  }

  function demand(artefact: string): void {
    if (!present.has(artefact))
      throw new CurfewError('TargetRefused', `there is no ${artefact}`, { mayLand: false });
  }

  const target: FakeTarget = {
    kind: 'postgresql',
    target: z.looseObject({}),
    settleSeconds: options.settleSeconds ?? 0,
    callSeconds: options.callSeconds ?? 10,
    present,
    standing,
    calls,
    history,
    down,
    quieted: 0,
    fault(verb, fault, times = 1) {
      faults.set(verb, [...(faults.get(verb) ?? []), ...Array.from({ length: times }, () => fault)]);
    },
    heal() {
      faults.clear();
      down.clear();
    },
    hasAccess: (artefact) => present.has(artefact),
    stand(artefact) {
      standing.add(artefact);
      put(artefact, new Date(8.64e15));
    },
    catalog: () => ['read', 'write', 'admin', 'oncall'].map(offer),
    prepare: (call, intent) => {
      const shared = options.shared ?? intent.permission === 'oncall';
      const artefact = shared
        ? `${intent.permission}<-${intent.grantee.id}`
        : `curfew_${call.installation}_${intent.grantId}`;
      const receipt = (): Receipt => ({
        artefact,
        shared,
        stood: shared && present.has(artefact),
        names: { artefact },
      });
      return run('prepare', call, artefact, receipt);
    },
    grant: (call, { artefact }, end) => run('grant', call, artefact, () => put(artefact, end)),
    extend: (call, { artefact }, end) =>
      run('extend', call, artefact, () => {
        demand(artefact);
        put(artefact, end);
      }),
    revoke: (call, { artefact }) => run('revoke', call, artefact, () => remove(artefact)),
    inspect: (call, { artefact }) =>
      run('inspect', call, artefact, () => ({
        present: present.has(artefact),
        heldBy: [],
        facts: { artefact },
      })),
    credentials: (call, { artefact, shared }, end) =>
      run('credentials', call, artefact, () => {
        if (shared) return undefined;
        demand(artefact);
        return { user: artefact, password: `secret-${calls.length}`, validUntil: end.toISOString() };
      }),
    ...(options.quiesces && { quiesce: async () => void target.quieted++ }),
    check: async () => [],
    close: async () => {},
  };
  return target;
}

function offer(permission: string) {
  const mode = permission === 'oncall' ? ('membership' as const) : ('account' as const);
  return { resource: 'orders', resourceName: 'Orders', permission, permissionName: permission, mode };
}
