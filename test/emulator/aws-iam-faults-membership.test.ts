/** The `aws-iam` connector, memberships: keeps the contract behind a proxy that fails in each of the ways that AWS and networks do. */
import { describeConnectorContract } from '../connectors/contract.ts';
import { awsFaults } from '../support/aws-faults.ts';
import { awsSubject } from '../support/aws-subject.ts';
import { describeOnEmulator } from '../support/emulator.ts';

describeOnEmulator.for(Object.entries(awsFaults))('behind a proxy that %s,', ([, rules]) => {
  describeConnectorContract('aws-iam, memberships,', () => awsSubject('membership', rules));
});
