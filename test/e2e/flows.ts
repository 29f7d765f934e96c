/** Flows that only the suite has. */
import { anyOf, group } from '../../config/define.ts';
import type { ConfigInput } from '../../shared/model/config.ts';
import type { Entitlement } from '../../shared/model/flow.ts';

export const decideWithinSeconds = 8;

/** Who may approve has seconds for it. It comes after the flow that is meant, so that it must be named. */
export function soon(id: string, entitlement: Entitlement): ConfigInput['flows'][number] {
  return {
    id,
    name: 'Decided in seconds, or not at all',
    requesters: [group('engineers')],
    entitlements: [entitlement],
    approval: anyOf(group('data-owners')),
    decideWithin: `${decideWithinSeconds}s`,
    lifetime: { default: '15m', max: '30m' },
  };
}
