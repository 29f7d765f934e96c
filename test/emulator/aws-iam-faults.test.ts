/** The `aws-iam` connector keeps the contract behind a proxy that fails in each of the ways that AWS and networks do. */
import { describeConnectorContract } from '../connectors/contract.ts';
import { awsSubject } from '../support/aws-subject.ts';
import { describeOnEmulator } from '../support/emulator.ts';
import type { Rule } from '../support/fault-proxy.ts';

const faults: Record<string, Rule[]> = {
  // The SDK waits for real when it is throttled.
  throttles: [{ chance: 0.06, fault: { kind: 'throttled' } }],
  fails: [
    { chance: 0.1, fault: { kind: 'failed', status: 500 } },
    { chance: 0.1, fault: { kind: 'failed', status: 503 } },
  ],
  'loses answers': [{ chance: 0.2, fault: { kind: 'answer lost' } }],
  'loses requests': [{ chance: 0.2, fault: { kind: 'request lost' } }],
  'is late': [{ chance: 0.2, fault: { kind: 'late', ms: 120 } }],
  'reads what was': [{ chance: 0.8, fault: { kind: 'stale', seconds: 14 } }],
  'does all of it': [
    { chance: 0.02, fault: { kind: 'throttled' } },
    { chance: 0.08, fault: { kind: 'failed', status: 500 } },
    { chance: 0.08, fault: { kind: 'answer lost' } },
    { chance: 0.08, fault: { kind: 'late', ms: 60 } },
    { chance: 0.5, fault: { kind: 'stale', seconds: 14 } },
  ],
};

describeOnEmulator.for(Object.entries(faults))('behind a proxy that %s,', ([, rules]) => {
  describeConnectorContract('aws-iam, a role per grant,', () => awsSubject('role', rules));
  describeConnectorContract('aws-iam, memberships,', () => awsSubject('membership', rules));
});
