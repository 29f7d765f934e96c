/** The `aws-iam` connector keeps the contract, in both of its modes, at an account that enforces its policies. */
import { describeConnectorContract } from '../connectors/contract.ts';
import { awsSubject } from '../support/aws-subject.ts';
import { describeOnEmulator } from '../support/emulator.ts';

describeOnEmulator('over the emulator,', () => {
  describeConnectorContract('aws-iam, a role per grant,', () => awsSubject('role'));
  describeConnectorContract('aws-iam, memberships,', () => awsSubject('membership'));
});
