/** Whom a lock-down does not reach: roles of ours without the boundary, and people who are in a group by their own user. */
import { GetGroupCommand, ListEntitiesForPolicyCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import type { Account } from './account.ts';
import { boundaryArn, endedBoundaryArn, path } from './names.ts';
import { allPages, gone } from './paged.ts';
import { groupsOf } from './target.ts';

/** Each principal by name, in a few words. Three paged reads, and one for each group, whatever the number of grants. */
export async function findUncovered(account: Account): Promise<string[]> {
  const [roles, members] = await Promise.all([findUnbounded(account), findMembers(account)]);
  return [...roles, ...members];
}

/** `ListRoles` does not tell boundaries, so the roles are compared with those that a boundary is on. */
async function findUnbounded(account: Account): Promise<string[]> {
  const { installation } = account.call;
  const [roles, bounded, ended] = await Promise.all([
    allPages(
      (Marker) => account.read(new ListRolesCommand({ PathPrefix: path, Marker, MaxItems: 1000 })),
      (page) => page.Roles,
    ),
    readBounded(account, boundaryArn(account.target.account)),
    readBounded(account, endedBoundaryArn),
  ]);
  const covered = new Set([...bounded, ...ended]);
  return roles
    .filter(({ Path, RoleName }) => Path === path && RoleName?.startsWith(`${installation}-`))
    .filter(({ RoleName }) => !covered.has(RoleName))
    .map(({ Arn }) => `role ${Arn}: without the boundary`);
}

async function readBounded(account: Account, PolicyArn: string): Promise<(string | undefined)[]> {
  const ask = { PolicyArn, PathPrefix: path, PolicyUsageFilter: 'PermissionsBoundary' as const, MaxItems: 1000 }; // biome-ignore format: one line
  const pages = allPages(
    (Marker) => account.read(new ListEntitiesForPolicyCommand({ ...ask, Marker })),
    (page) => page.PolicyRoles,
  );
  return ((await gone(pages)) ?? []).map(({ RoleName }) => RoleName);
}

/** Nobody can tell who is in a group by a grant and who was always: all of them keep it in a lock-down. */
async function findMembers(account: Account): Promise<string[]> {
  const lists = await Promise.all(
    groupsOf(account.target).map(async (GroupName) => {
      const pages = allPages(
        (Marker) => account.read(new GetGroupCommand({ GroupName, Marker, MaxItems: 1000 })),
        (page) => page.Users,
      );
      return ((await gone(pages)) ?? []).map(({ Arn }) => `${Arn}: member of the group ${GroupName}`);
    }),
  );
  return lists.flat();
}
