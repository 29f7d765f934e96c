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
  | { kind: 'fails'; code?: 'TargetUnavailable' | 'Throttled' | 'Conflict' | 'TargetRefused' | 'RevokeBlocked' }
  | { kind: 'fails-after'; code?: 'TargetUnavailable' }
  | { kind: 'hangs' }
  /** Answers with an error at once; the effect comes so many seconds later. */
  | { kind: 'lands-late'; seconds: number }
  | { kind: 'slow'; seconds: number }
  | { kind: 'reads-absent' };

export interface FakeTarget extends Connector {
  /** Who has access, by artefact: the truth at the target. */
  present: Map<string, { end: number }>;
  /** Calls so far, in order. */
  calls: { verb: Verb; artefact: string; at: number }[];
  /** The next calls of this verb do this; several are used one after another. `forever` until `heal`. */
  fault(verb: Verb, fault: Fault, times?: number): void;
  heal(): void;
  hasAccess(artefact: string): boolean;
}

export function createFakeTarget(clock: Clock, options: { shared?: boolean; settleSeconds?: number; callSeconds?: number } = {}): FakeTarget {
  const faults = new Map<Verb, Fault[]>();
  const present: FakeTarget['present'] = new Map();
  const calls: FakeTarget['calls'] = [];

  async function run<T>(verb: Verb, call: Call, artefact: string, effect: () => T): Promise<T> {
    calls.push({ verb, artefact, at: clock.now() });
    if (call.installation !== 'test') throw new Error('the call carries another installation');
    const fault = faults.get(verb)?.shift();
    const error = (code: CurfewError['code'] = 'TargetUnavailable', mayLand = true) =>
      new CurfewError(code, `${verb} of ${artefact}: ${fault?.kind}`, { mayLand, effective: code === 'RevokeBlocked' });
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
        void clock.sleepUntil(Math.min(clock.now() + fault.seconds * 1000, call.deadlineMs - 1)).then(effect);
        throw error();
      case 'slow':
        await clock.sleepUntil(clock.now() + fault.seconds * 1000);
        return effect();
      case 'reads-absent':
        return { present: false, heldBy: [], facts: { stale: true } } as T;
      case undefined:
        return effect();
    }
  }

  return {
    kind: 'postgresql',
    target: z.looseObject({}),
    settleSeconds: options.settleSeconds ?? 0,
    callSeconds: options.callSeconds ?? 10,
    present,
    calls,
    fault(verb, fault, times = 1) {
      faults.set(verb, [...(faults.get(verb) ?? []), ...Array.from({ length: times }, () => fault)]);
    },
    heal: () => faults.clear(),
    hasAccess: (artefact) => present.has(artefact),
    catalog: () =>
      ['read', 'write', 'admin', 'oncall'].map((permission) => ({
        resource: 'orders',
        resourceName: 'Orders',
        permission,
        permissionName: permission,
        mode: permission === 'oncall' ? 'membership' : 'account',
      })),
    prepare: (call, intent) => {
      const shared = options.shared ?? intent.permission === 'oncall';
      const artefact = shared ? `${intent.permission}<-${intent.grantee.id}` : `curfew_${call.installation}_${intent.grantId}`;
      const receipt = (): Receipt => ({ artefact, shared, stood: shared && present.has(artefact), names: { artefact } });
      return run('prepare', call, artefact, receipt);
    },
    grant: (call, { artefact }, end) => run('grant', call, artefact, () => void present.set(artefact, { end: end.getTime() })),
    extend: (call, { artefact }, end) =>
      run('extend', call, artefact, () => {
        if (!present.has(artefact)) throw new CurfewError('TargetRefused', 'there is nothing to extend', { mayLand: false });
        present.set(artefact, { end: end.getTime() });
      }),
    revoke: (call, { artefact }) => run('revoke', call, artefact, () => ({ found: present.delete(artefact) })),
    inspect: (call, { artefact }) => run('inspect', call, artefact, () => ({ present: present.has(artefact), heldBy: [], facts: { artefact } })),
    credentials: (call, { artefact, shared }, end) =>
      run('credentials', call, artefact, () => {
        if (shared) return undefined;
        if (!present.has(artefact)) throw new CurfewError('TargetRefused', 'there is no such login', { mayLand: false });
        return { user: artefact, password: `secret-${calls.length}`, validUntil: end.toISOString() };
      }),
    check: async () => [],
    close: async () => {},
  };
}
