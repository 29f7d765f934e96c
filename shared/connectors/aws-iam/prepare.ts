/** Before anything is touched: names what a grant will make, and refuses what there is no room for or nobody to trust. */
import { GetPolicyCommand } from '@aws-sdk/client-iam';
import type { Receipt } from '../../model/grant.ts';
import type { Intent } from '../contract.ts';
import type { Account } from './account.ts';
import { findRole } from './find-role.ts';
import { trustOf } from './grant-policy.ts';
import { memberReceipt, readGroups, readUserId } from './membership.ts';
import { isPrincipal, roleArn, roleName, userNameOf } from './names.ts';
import { gone } from './paged.ts';
import { limits, textOf } from './policy.ts';
import { refused } from './refused.ts';
import { demandRoomForGroup, demandRoomForRole } from './room.ts';
import { type RoleNames, roleReceipt } from './role-names.ts';
import { type Meaning, meaningOf } from './target.ts';

/** Reads only. Throws `TargetRefused` where the grant could not be made. */
export async function prepare(account: Account, intent: Intent): Promise<Receipt> {
  const meaning = meaningOf(account.target, intent.resource, intent.permission);
  const { login } = intent;
  if (login === undefined)
    throw refused(
      `${intent.grantee.name} has no login at ${account.call.integration.name}: put the ARN of their IAM user or role into "logins" in the configuration.`,
    );
  return meaning.kind === 'membership'
    ? prepareMembership(account, meaning.group, login)
    : prepareRole(account, meaning, intent, login);
}

async function prepareRole(
  account: Account,
  { managedPolicies, s3 }: Extract<Meaning, { kind: 'role' }>,
  { grantId, grantee }: Intent,
  principal: string,
): Promise<Receipt> {
  if (!isPrincipal(principal) || textOf(trustOf(principal)).length > limits.trust)
    throw refused(
      `"${principal}" is not the ARN of one IAM user, role or role session, so no role can be made for ${grantee.name} alone: correct "logins" in the configuration.`,
    );
  const { account: id } = account.target;
  const role = roleName(account.call.installation, grantId);
  const names: RoleNames = {
    account: id,
    role,
    grantId,
    grantee: tagValue(grantee.id),
    principal,
    managedPolicies,
    ...(s3 && { s3 }),
  };
  const [found] = await Promise.all([
    findRole(account, names),
    demandRoomForRole(account, managedPolicies.length),
    ...managedPolicies.map((arn) => demandPolicy(account, arn)),
  ]);
  if (found) throw refused(`A role ${found.arn} is there already, and is none of this grant's.`);
  return roleReceipt(names, roleArn(id, role));
}

async function prepareMembership(account: Account, group: string, login: string): Promise<Receipt> {
  const { account: id } = account.target;
  const user = userNameOf(login, id);
  if (user === undefined)
    throw refused(
      `"${login}" is not the ARN of an IAM user of account ${id}: only those can be put into the group ${group}.`,
    );
  const [userId, groups] = await Promise.all([readUserId(account, user), readGroups(account, user)]);
  if (userId === undefined || groups === undefined)
    throw refused(`Account ${id} has no IAM user "${user}": correct "logins" in the configuration.`);
  const stood = groups.some(({ GroupName }) => GroupName === group);
  if (!stood) await demandRoomForGroup(account, user, group, groups.length);
  return memberReceipt({ account: id, group, user, userId }, stood);
}

async function demandPolicy(account: Account, arn: string): Promise<void> {
  if ((await gone(account.read(new GetPolicyCommand({ PolicyArn: arn })))) === undefined)
    throw refused(`AWS has no managed policy ${arn}: correct the integration's target.`);
}

/** What IAM takes for a tag's value. */
function tagValue(text: string): string {
  return text.replace(/[^\p{L}\p{N} _.:/=+\-@]/gu, '_').slice(0, 256);
}
