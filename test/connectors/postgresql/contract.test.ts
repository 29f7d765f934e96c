/** The `postgresql` connector keeps the contract, in both of its modes, at a real server. */
import { describeConnectorContract } from '../contract.ts';
import { postgresqlSubject } from './subject.ts';

describeConnectorContract('postgresql, accounts,', () => postgresqlSubject('account'));
describeConnectorContract('postgresql, memberships,', () => postgresqlSubject('membership'));
