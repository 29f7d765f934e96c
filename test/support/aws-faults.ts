/** The ways in which AWS and the network before it fail, as rules of the fault proxy. Mild enough for a workflow's patience. */
import type { Rule } from './fault-proxy.ts';

export const awsFaults: Record<string, Rule[]> = {
  // The SDK waits for real when it is throttled.
  throttles: [{ chance: 0.04, fault: { kind: 'throttled' } }],
  fails: [
    { chance: 0.06, fault: { kind: 'failed', status: 500 } },
    { chance: 0.06, fault: { kind: 'failed', status: 503 } },
  ],
  'loses answers': [{ chance: 0.15, fault: { kind: 'answer lost' } }],
  'loses requests': [{ chance: 0.15, fault: { kind: 'request lost' } }],
  'is late': [{ chance: 0.2, fault: { kind: 'late', ms: 40 } }],
  'reads what was': [{ chance: 0.8, fault: { kind: 'stale', seconds: 14 } }],
  'does all of it': [
    { chance: 0.02, fault: { kind: 'throttled' } },
    { chance: 0.05, fault: { kind: 'failed', status: 500 } },
    { chance: 0.08, fault: { kind: 'answer lost' } },
    { chance: 0.08, fault: { kind: 'late', ms: 40 } },
    { chance: 0.5, fault: { kind: 'stale', seconds: 14 } },
  ],
};
