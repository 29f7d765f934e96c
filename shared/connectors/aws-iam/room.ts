/** Is there room at the account? IAM's limits are asked for before anything is made, so that nothing is half-made. */
import { GetAccountSummaryCommand, GetGroupCommand } from '@aws-sdk/client-iam';
import type { Account } from './account.ts';
import { gone } from './paged.ts';
import { refused } from './refused.ts';

export interface Room {
  roles: number;
  rolesQuota: number;
  policiesPerRole: number;
  groupsPerUser: number;
}

export async function readRoom(account: Account): Promise<Room> {
  const { SummaryMap: map = {} } = await account.read(new GetAccountSummaryCommand({}));
  return {
    roles: map.Roles ?? 0,
    rolesQuota: map.RolesQuota ?? 1000,
    policiesPerRole: map.AttachedPoliciesPerRoleQuota ?? 10,
    groupsPerUser: map.GroupsPerUserQuota ?? 10,
  };
}

/** Throws `TargetRefused`, with the limit and what to do. */
export async function demandRoomForRole(account: Account, policies: number): Promise<void> {
  const { roles, rolesQuota, policiesPerRole } = await readRoom(account);
  if (roles >= rolesQuota)
    throw refused(
      `Account ${account.target.account} holds ${roles} of ${rolesQuota} roles (IAM quota RolesQuota): delete roles that nobody uses, or have the quota raised.`,
    );
  if (policies > policiesPerRole)
    throw refused(
      `This needs ${policies} policies on one role, and account ${account.target.account} allows ${policiesPerRole} (IAM quota AttachedPoliciesPerRoleQuota): have the quota raised, or make two permissions of it.`,
    );
}

/** Throws `TargetRefused`, with the limit and what to do. */
export async function demandRoomForGroup(
  account: Account,
  user: string,
  group: string,
  groups: number,
): Promise<void> {
  if ((await gone(account.read(new GetGroupCommand({ GroupName: group, MaxItems: 1 })))) === undefined)
    throw refused(`Account ${account.target.account} has no group "${group}".`);
  const { groupsPerUser } = await readRoom(account);
  if (groups >= groupsPerUser)
    throw refused(
      `The IAM user ${user} is in ${groups} of ${groupsPerUser} groups (IAM quota GroupsPerUserQuota): take them out of one that they do not need.`,
    );
}
