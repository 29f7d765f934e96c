/**
 * Ends the role of a grant, whatever anybody hung on it meanwhile. One request cuts it off from everything, living sessions
 * too; the rest only tidies up. Nothing of this can give anybody anything, in whatever order it is broken off.
 */
import {
  type AttachedPolicy,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  type InstanceProfile,
  ListAttachedRolePoliciesCommand,
  ListInstanceProfilesForRoleCommand,
  ListRolePoliciesCommand,
  PutRolePermissionsBoundaryCommand,
  RemoveRoleFromInstanceProfileCommand,
} from '@aws-sdk/client-iam';
import { CurfewError, isCurfewError } from '../../model/errors.ts';
import type { Account } from './account.ts';
import { findRole } from './find-role.ts';
import { endedBoundaryArn, inlineName } from './names.ts';
import type { RoleNames } from './role-names.ts';
import { allPages, gone } from './paged.ts';
import { awsCode } from './translate-error.ts';

export interface Ended {
  /** Was there anything to remove? */
  found: boolean;
  /** What others had hung on the role, and went with it. */
  left: string[];
}

/** Somebody who hangs on more while we take off: so often we look again. */
const mostTries = 4;

/**
 * 1. Cut: its boundary becomes AWS's policy that denies everything. From here on it is out of use.
 * 2. Take off what keeps IAM from deleting it. The inline policy with the end goes last: until then the end stays in force.
 * 3. Delete it. Not found is success.
 */
export async function endRole(account: Account, names: RoleNames): Promise<Ended> {
  const there = await findRole(account, names);
  // Of the same name and below another path: somebody else's. Ours is gone, or never was.
  if (there && !there.ours) return { found: false, left: [] };
  const cut = await cutRole(account, names);
  try {
    return { found: cut || there !== undefined, left: await remove(account, names) };
  } catch (error) {
    if (await isGone(account, names, error)) return { found: cut || there !== undefined, left: [] };
    const told = perhapsGone(error);
    throw cut && isCurfewError(told) ? alreadyCut(told) : told;
  }
}

function alreadyCut({ code, message, details }: CurfewError): CurfewError {
  return new CurfewError(code, message, { ...details, effective: true });
}

/** IAM knows no path of a role that is not there, so it refuses by our path what it cannot find. The reader may look. */
async function isGone(account: Account, names: RoleNames, error: unknown): Promise<boolean> {
  return awsCode(error) === 'AccessDenied' && (await findRole(account, names)) === undefined;
}

/** What still shows the role may lag behind a removal: asked again once the lag is over, it is gone or the right is missing. */
function perhapsGone(error: unknown): unknown {
  if (!isCurfewError(error) || awsCode(error) !== 'AccessDenied') return error;
  return new CurfewError('TargetLagging', error.message, error.details);
}

/** Gives what others had hung on it, which went with it. */
async function remove(account: Account, names: RoleNames): Promise<string[]> {
  const left = new Set<string>();
  for (let tries = 1; ; tries++) {
    for (const one of await takeOff(account, names)) left.add(one);
    if (await deleteRole(account, names, tries)) return [...left];
  }
}

/**
 * A reading may be stale, so it is asked for whatever was read. Where it does not work (a right is missing), what follows ends
 * the access too, only later.
 */
async function cutRole(account: Account, { role }: RoleNames): Promise<boolean> {
  try {
    await account.change(
      'revoker',
      new PutRolePermissionsBoundaryCommand({ RoleName: role, PermissionsBoundary: endedBoundaryArn }),
    );
    return true;
  } catch (error) {
    if (isCurfewError(error, 'TargetRefused', 'Conflict')) return false;
    throw error;
  }
}

async function takeOff(account: Account, names: RoleNames): Promise<string[]> {
  const { attached, inline, profiles } = await readParts(account, names);
  const RoleName = names.role;
  const others = inline.filter((name) => name !== inlineName);
  const steps = [
    ...attached.map(({ PolicyArn }) => new DetachRolePolicyCommand({ RoleName, PolicyArn })),
    ...others.map((PolicyName) => new DeleteRolePolicyCommand({ RoleName, PolicyName })),
  ];
  await Promise.all(steps.map((step) => gone(account.change('revoker', step as DetachRolePolicyCommand))));
  for (const { InstanceProfileName } of profiles)
    await gone(
      account.change('revoker', new RemoveRoleFromInstanceProfileCommand({ RoleName, InstanceProfileName })),
    );
  if (inline.includes(inlineName))
    await gone(account.change('revoker', new DeleteRolePolicyCommand({ RoleName, PolicyName: inlineName })));
  return [
    ...attached.filter(({ PolicyArn }) => !names.managedPolicies.includes(PolicyArn ?? '')).map(({ PolicyArn }) => `the policy ${PolicyArn}, which others had attached, was detached`), // biome-ignore format: one line
    ...others.map((name) => `the inline policy ${name}, which others had put, was deleted`),
    ...profiles.map(({ Arn }) => `the instance profile ${Arn}, which others had put it into, is empty now`),
  ];
}

interface Parts {
  attached: AttachedPolicy[];
  inline: string[];
  profiles: InstanceProfile[];
}

/** The revoker reads these for itself: an ending needs no other role. */
async function readParts(account: Account, { role: RoleName }: RoleNames): Promise<Parts> {
  const read = async <T>(list: Promise<T[]>) => (await gone(list)) ?? [];
  const [attached, inline, profiles] = await Promise.all([
    read(
      allPages(
        (Marker) => account.read(new ListAttachedRolePoliciesCommand({ RoleName, Marker }), 'revoker'),
        (page) => page.AttachedPolicies,
      ),
    ),
    read(
      allPages(
        (Marker) => account.read(new ListRolePoliciesCommand({ RoleName, Marker }), 'revoker'),
        (page) => page.PolicyNames,
      ),
    ),
    read(
      allPages(
        (Marker) => account.read(new ListInstanceProfilesForRoleCommand({ RoleName, Marker }), 'revoker'),
        (page) => page.InstanceProfiles,
      ),
    ),
  ]);
  return { attached, inline, profiles };
}

/** False: something hangs on it again, or still, by what a lagging list had not shown. */
async function deleteRole(account: Account, { role }: RoleNames, tries: number): Promise<boolean> {
  try {
    await gone(account.change('revoker', new DeleteRoleCommand({ RoleName: role })));
    return true;
  } catch (error) {
    if (awsCode(error) !== 'DeleteConflict' || tries >= mostTries) throw error;
    return false;
  }
}
