/** What is missing at an account for grants to work, and above all to end. Each line that is not ok says what to do. */
import { GetGroupCommand, GetPolicyCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import { CurfewError, isCurfewError } from '../../model/errors.ts';
import type { Check } from '../contract.ts';
import type { Account } from './account.ts';
import { checkRights } from './check-rights.ts';
import { findUncovered } from './find-uncovered.ts';
import { boundaryArn, connectorRoleArn, connectorRoleName, type Duty, duties } from './names.ts';
import { gone } from './paged.ts';
import { readBoundary } from './lockdown.ts';
import { readRoom } from './room.ts';
import { groupsOf, meaningsOf } from './target.ts';

/** Never throws for what it finds: an account that does not answer is a line that is not ok. */
export async function check(account: Account): Promise<Check[]> {
  const reachable = await checkDuties(account);
  if (!reachable.every(({ ok }) => ok)) return reachable;
  const lines = await Promise.all(
    [checkRights, checkBoundary, checkRoom, checkPolicies, checkGroups, checkCover].map((look) =>
      look(account).catch(failed),
    ),
  );
  return [...reachable, ...lines.flat()];
}

async function checkDuties(account: Account): Promise<Check[]> {
  return Promise.all(
    duties.map(async (duty) => {
      const name = `role ${connectorRoleName(account.call.installation, duty)}`;
      try {
        await account.tryDuty(duty);
        return { name, ok: true, detail: 'It lets Curfew in.' };
      } catch (error) {
        if (!isCurfewError(error)) throw error;
        return { name, ...(await explain(account, duty, error)) };
      }
    }),
  );
}

/** Who checks need not be who grants: by the rights of the function that runs this, the granter's role stays closed. */
async function explain(account: Account, duty: Duty, error: CurfewError): Promise<Omit<Check, 'name'>> {
  if (duty !== 'granter') return { ok: false, detail: error.message };
  const { installation } = account.call;
  const RoleName = connectorRoleName(installation, duty);
  const arn = connectorRoleArn(account.target.account, installation, duty);
  const found = await gone(account.read(new GetRoleCommand({ RoleName }))).catch(() => 'unknown' as const);
  if (found === 'unknown')
    return {
      ok: false,
      detail:
        'It is not open to the function that checks, which may be right; the reader, who could tell, cannot read it.',
    };
  return found?.Role?.Arn === arn
    ? { ok: true, detail: 'It is there, and rightly not open to the function that checks.' }
    : { ok: false, detail: error.message };
}

async function checkBoundary(account: Account): Promise<Check[]> {
  const name = 'boundary';
  const found = await readBoundary(account);
  const arn = boundaryArn(account.target.account);
  if (!found)
    return [
      { name, ok: false, detail: `There is no policy ${arn}: deploy the target stack of this account.` },
    ];
  const { state, versions } = found;
  const count = `${versions.length} of 5 versions`;
  const room = versions.length < 5;
  if (state === 'locked')
    return [{ name, ok: true, detail: `LOCKED DOWN: it denies everything (${count}).` }];
  if (state === 'other')
    return [{ name, ok: false, detail: `${arn} is neither Curfew's present document nor a lock-down (${count}): somebody changed it, or it is an older release's. Unlocking the integration puts the present one.` }]; // biome-ignore format: one line
  return [{ name, ok: true, detail: `In force, and ${room ? 'there is room' : 'room will be made'} for a lock-down (${count}).` }]; // biome-ignore format: one line
}

async function checkRoom(account: Account): Promise<Check[]> {
  const { roles, rolesQuota, policiesPerRole } = await readRoom(account);
  const free = rolesQuota - roles;
  const most = Math.max(0, ...meaningsOf(account.target).map((one) => (one.kind === 'role' ? one.managedPolicies.length : 0))); // biome-ignore format: one line
  const enough = free >= Math.max(1, Math.min(50, rolesQuota / 20));
  return [
    {
      name: 'room',
      ok: enough && most <= policiesPerRole,
      detail: `${roles} of ${rolesQuota} roles (IAM quota RolesQuota), ${policiesPerRole} policies on a role, at most ${most} needed.${enough ? '' : ' A grant needs a role of its own: delete those that nobody uses, or have the quota raised.'}`,
    },
  ];
}

async function checkPolicies(account: Account): Promise<Check[]> {
  const arns = new Set(meaningsOf(account.target).flatMap((one) => (one.kind === 'role' ? one.managedPolicies : []))); // biome-ignore format: one line
  return Promise.all(
    [...arns].map(async (PolicyArn) => {
      const there = (await gone(account.read(new GetPolicyCommand({ PolicyArn })))) !== undefined;
      return { name: `policy ${PolicyArn}`, ok: there, detail: there ? 'It is there.' : 'AWS has no such policy: correct the integration.' }; // biome-ignore format: one line
    }),
  );
}

async function checkGroups(account: Account): Promise<Check[]> {
  return Promise.all(
    groupsOf(account.target).map(async (GroupName) => {
      const found = await gone(account.read(new GetGroupCommand({ GroupName, MaxItems: 1 })));
      const name = `group ${GroupName}`;
      if (!found?.Group) return { name, ok: false, detail: 'There is no such group: make it, or correct the integration.' }; // biome-ignore format: one line
      if (found.Group.Path !== '/') return { name, ok: false, detail: `It is below ${found.Group.Path}: Curfew takes groups of the path / only.` }; // biome-ignore format: one line
      return { name, ok: true, detail: 'It is there. IAM has no end for a membership: only Curfew takes people out.' }; // biome-ignore format: one line
    }),
  );
}

/** Members of a group are named and no fault: that lock-down does not reach them is how IAM groups are. */
async function checkCover(account: Account): Promise<Check[]> {
  const uncovered = await findUncovered(account);
  const unbounded = uncovered.some((one) => one.startsWith('role '));
  const shown = uncovered.slice(0, 20).join('; ');
  const more = uncovered.length > 20 ? `; and ${uncovered.length - 20} more` : '';
  const detail =
    uncovered.length === 0
      ? 'It reaches everybody who has access by a grant.'
      : `It does NOT reach: ${shown}${more}.${unbounded ? ' End the grants of roles without the boundary.' : ''}`;
  return [{ name: 'lock-down', ok: !unbounded, detail }];
}

function failed(error: unknown): Check[] {
  if (!isCurfewError(error)) throw error;
  return [{ name: 'reads', ok: false, detail: error.message }];
}
