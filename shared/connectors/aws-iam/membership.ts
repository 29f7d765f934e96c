/** `membership` grants: the grantee's own user is put into an IAM group and taken out again. IAM knows no end of a membership. */
import {
  AddUserToGroupCommand,
  GetUserCommand,
  type Group,
  ListGroupsForUserCommand,
  RemoveUserFromGroupCommand,
} from '@aws-sdk/client-iam';
import { isCurfewError } from '../../model/errors.ts';
import type { Receipt } from '../../model/grant.ts';
import type { Reading } from '../contract.ts';
import type { Account } from './account.ts';
import { allPages, gone } from './paged.ts';
import { refused } from './refused.ts';

export interface MemberNames {
  account: string;
  group: string;
  user: string;
  /** What outlives a name: a user made anew is somebody else. */
  userId: string;
}

export function memberReceipt(names: MemberNames, stood: boolean): Receipt {
  return { artefact: `group/${names.group}/user/${names.user}`, shared: true, stood, names: { ...names } };
}

export function memberNamesOf({ names }: Receipt): MemberNames {
  const { account, group, user, userId } = names;
  if (!account || !group || !user || !userId)
    throw refused('The receipt does not name account, group and user.');
  return { account, group, user, userId };
}

/**
 * Asked for whatever is read: what shows it may lag behind a removal. Whoever has not the granter's rights, and only converges,
 * is content where it is so already.
 */
export async function grantMembership(account: Account, names: MemberNames): Promise<void> {
  const { group, user, userId } = names;
  if ((await readUserId(account, user)) !== userId)
    throw refused(`The IAM user ${user} is gone since the request, or was made anew.`);
  try {
    await account.change('granter', new AddUserToGroupCommand({ GroupName: group, UserName: user }));
  } catch (error) {
    if (!isCurfewError(error, 'TargetRefused') || !(await isMember(account, names))) throw error;
  }
}

/** Only looks whether it is there. */
export async function extendMembership(account: Account, names: MemberNames): Promise<void> {
  if (!(await isMember(account, names))) throw refused(`${names.user} is no longer in ${names.group}.`);
}

/** Permissions of a group are looked up with each request to AWS: sessions of the user lose them too. */
export async function endMembership(
  account: Account,
  { group, user }: MemberNames,
): Promise<{ found: boolean }> {
  const command = new RemoveUserFromGroupCommand({ GroupName: group, UserName: user });
  return { found: (await gone(account.change('revoker', command))) !== undefined };
}

export async function inspectMembership(account: Account, names: MemberNames): Promise<Reading> {
  const { group, user } = names;
  const groups = await readGroups(account, user);
  const present = groups?.some(({ GroupName }) => GroupName === group) ?? false;
  return { present, heldBy: [], facts: { group, user, userExists: groups !== undefined, member: present } };
}

/** The groups of a user; undefined where there is no such user. */
export function readGroups(account: Account, user: string): Promise<Group[] | undefined> {
  const pages = allPages(
    (Marker) => account.read(new ListGroupsForUserCommand({ UserName: user, Marker })),
    (page) => page.Groups,
  );
  return gone(pages);
}

/** The id of a user; undefined where there is no such user. */
export async function readUserId(account: Account, user: string): Promise<string | undefined> {
  return (await gone(account.read(new GetUserCommand({ UserName: user }))))?.User?.UserId;
}

async function isMember(account: Account, { group, user }: MemberNames): Promise<boolean> {
  const groups = await readGroups(account, user);
  return groups?.some(({ GroupName }) => GroupName === group) ?? false;
}
