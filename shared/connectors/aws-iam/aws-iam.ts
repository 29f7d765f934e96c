/** The connector for AWS accounts. What it promises: ../contract.ts. How an account is prepared: docs/connectors/aws-iam.md. */
import { CurfewError } from '../../model/errors.ts';
import type { Receipt } from '../../model/grant.ts';
import type { Clock } from '../../ports.ts';
import type { Call, Connector, Credentials } from '../contract.ts';
import { type Account, openAccount } from './account.ts';
import { check } from './check.ts';
import { endRole } from './end-role.ts';
import { awsIamFacts } from './facts.ts';
import { findUncovered } from './find-uncovered.ts';
import { lockDown, unlock } from './lockdown.ts';
import {
  endMembership,
  extendMembership,
  grantMembership,
  inspectMembership,
  type MemberNames,
  memberNamesOf,
} from './membership.ts';
import { prepare } from './prepare.ts';
import { extendRole, grantRole, inspectRole, roleCredentials } from './role.ts';
import { type RoleNames, roleNamesOf } from './role-names.ts';
import { createSessions, type Hub } from './sessions.ts';
import { AwsIamTarget } from './target.ts';

/** One for all integrations of this kind. Nothing is opened before the first call. `hub`: as whom, where not by the environment. */
export function createAwsIam({ clock, hub = {} }: { clock: Clock; hub?: Hub }): Connector {
  const sessions = createSessions(clock, hub);
  const at = (call: Call) => openAccount(call, AwsIamTarget.parse(call.integration.target), sessions, clock);
  const { also: _, ...facts } = awsIamFacts;
  return {
    ...facts,
    prepare: async (call, intent) => prepare(at(call), intent),
    grant: async (call, receipt, end) => over(at(call), receipt, granting(end)),
    extend: async (call, receipt, end) => over(at(call), receipt, extending(end)),
    revoke: async (call, receipt) => over(at(call), receipt, { role: endRole, member: endMembership }),
    inspect: async (call, receipt) =>
      over(at(call), receipt, { role: inspectRole, member: inspectMembership }),
    credentials: async (call, receipt) => over(at(call), receipt, using),
    check: async (call) => check(at(call)),
    async lockdown(call) {
      await lockDown(at(call));
      return { uncovered: await findUncovered(at(call)) };
    },
    unlock: async (call) => unlock(at(call)),
    close: async () => sessions.close(),
  };
}

interface Work<T> {
  role(account: Account, names: RoleNames): Promise<T>;
  member(account: Account, names: MemberNames): Promise<T>;
}

function granting(end: Date): Work<void> {
  return { role: (account, names) => grantRole(account, names, end), member: grantMembership };
}

function extending(end: Date): Work<void> {
  return { role: (account, names) => extendRole(account, names, end), member: extendMembership };
}

/** Members use credentials of their own. */
const using: Work<Credentials | undefined> = { role: roleCredentials, member: async () => undefined };

/** The receipt says which mode it was made in: configuration may have changed since. */
function over<T>(account: Account, receipt: Receipt, work: Work<T>): Promise<T> {
  demandAccount(account, receipt);
  return receipt.shared
    ? work.member(account, memberNamesOf(receipt))
    : work.role(account, roleNamesOf(receipt));
}

/** An integration that was given another account would find nothing there, and call it gone. */
function demandAccount({ target, call }: Account, { names }: Receipt): void {
  if (names['account'] === target.account) return;
  throw new CurfewError(
    'TargetRefused',
    `This was made in account ${names['account']}, and ${call.integration.id} is account ${target.account} by now: give that account an integration of its own, and this one its old account until the grant is over.`,
    { mayLand: false },
  );
}
