/** Grants of a role of their own: made, extended, read back, used. How one ends: end-role.ts. */
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { CurfewError, isCurfewError } from '../../model/errors.ts';
import type { Credentials, Reading } from '../contract.ts';
import type { Account } from './account.ts';
import { endRole } from './end-role.ts';
import { findRole, type FoundRole } from './find-role.ts';
import { grantPolicy, trustNobody, trustOf } from './grant-policy.ts';
import { boundaryArn, inlineName, path } from './names.ts';
import { textOf } from './policy.ts';
import { refused } from './refused.ts';
import type { RoleNames } from './role-names.ts';
import { awsCode } from './translate-error.ts';

const sessionSeconds = 3600;

/**
 * 1. The role, with the boundary from its first moment, and a trust that lets nobody in.
 * 2. Its inline policy: the end, and in the same document what it may do with buckets.
 * 3. The managed policies.
 * 4. Its trust in the grantee.
 *
 * Stopped anywhere, what is left is of no use to anybody, or ends by itself: the trust comes last, and nothing allows
 * anything before the deny from its end on is there. Each step puts right what it finds, so a retry begins anew.
 * Where AWS refuses a step for good, what was made is taken away again.
 */
export async function grantRole(account: Account, names: RoleNames, end: Date): Promise<void> {
  await makeRole(account, names);
  try {
    await putEnd(account, 'granter', names, end);
    for (const arn of names.managedPolicies)
      await account.change('granter', new AttachRolePolicyCommand({ RoleName: names.role, PolicyArn: arn }));
    await trustGrantee(account, names);
  } catch (error) {
    if (!isCurfewError(error, 'TargetRefused')) throw error;
    const seen = !isUnseen(error, names) && (await findRole(account, names));
    throw seen ? await takenAway(account, names, error) : lagging(names, error);
  }
}

/** Moves the end of a role that is there. A role that is being ended has another boundary, and is refused to the extender. */
export async function extendRole(account: Account, names: RoleNames, end: Date): Promise<void> {
  demandLiving(await findRole(account, names), names);
  try {
    await putEnd(account, 'extender', names, end);
  } catch (error) {
    if (awsCode(error) === 'NoSuchEntity') throw refused(`The role ${names.role} is gone.`, error);
    throw error;
  }
}

/** Present: a role of that name is there below our path, whatever it may still do. */
export async function inspectRole(account: Account, names: RoleNames): Promise<Reading> {
  const found = await findRole(account, names);
  if (!found) return { present: false, heldBy: [], facts: { role: names.role, exists: false } };
  if (!found.ours) return { present: false, heldBy: [], facts: { role: names.role, exists: false, other: found.arn } }; // biome-ignore format: one line
  const { arn, state, trusts, createdAt } = found;
  const facts = { role: names.role, exists: true, arn, state, trusts, ...(createdAt && { createdAt }) };
  return { present: true, heldBy: [], facts };
}

/** No secret is in it: the grantee assumes the role with credentials of their own. */
export async function roleCredentials(account: Account, names: RoleNames): Promise<Credentials> {
  const found = demandLiving(await findRole(account, names), names);
  if (found.trusts !== names.principal)
    throw refused(
      `The role ${names.role} trusts ${found.trusts} and not ${names.principal}: that user or role was deleted since, or somebody changed the trust. Make a new request.`,
    );
  const profile = `curfew-${names.grantId.slice(-8)}`;
  const s3 = (names.s3?.buckets ?? []).map((bucket) => `aws s3 ls s3://${bucket} --profile ${profile}`);
  return {
    roleArn: found.arn,
    region: account.target.region,
    sessionSeconds,
    profile,
    commands: [`aws sts get-caller-identity --profile ${profile}`, ...s3],
  };
}

async function makeRole(account: Account, names: RoleNames): Promise<void> {
  const command = new CreateRoleCommand({
    RoleName: names.role,
    Path: path,
    PermissionsBoundary: boundaryArn(names.account),
    AssumeRolePolicyDocument: textOf(trustNobody),
    MaxSessionDuration: sessionSeconds,
    Tags: [
      { Key: 'curfew:installation', Value: account.call.installation },
      { Key: 'curfew:grant', Value: names.grantId },
      { Key: 'curfew:grantee', Value: names.grantee },
    ],
  });
  try {
    await account.change('granter', command);
  } catch (error) {
    if (awsCode(error) === 'EntityAlreadyExists') return demandOwn(account, names, error);
    if (awsCode(error) === 'NoSuchEntity')
      throw refused(
        `Account ${names.account} has no policy ${boundaryArn(names.account)}: deploy its target stack (docs/connectors/aws-iam.md).`,
        error,
      );
    throw error;
  }
}

/** An earlier try of ours made it, or this very one, its answer lost. A role of anybody else is not taken over. */
async function demandOwn(account: Account, names: RoleNames, cause: unknown): Promise<void> {
  const found = await findRole(account, names);
  if (!found) throw lagging(names, cause);
  if (!found.ours || !found.marked)
    throw refused(`A role ${found.arn} is there already, and is none of this grant's.`, cause);
  demandLiving(found, names);
}

function demandLiving(found: FoundRole | undefined, { role }: RoleNames): FoundRole {
  if (!found?.ours) throw refused(`The role ${role} is gone.`);
  if (found.state === 'ended') throw refused(`The role ${role} is being ended: it is not woken again.`);
  if (found.state === 'unbounded')
    throw refused(`Somebody took the boundary off ${found.arn}: end this grant and make a new request.`);
  return found;
}

async function putEnd(
  account: Account,
  duty: 'granter' | 'extender',
  names: RoleNames,
  end: Date,
): Promise<void> {
  const PolicyDocument = textOf(grantPolicy(end, names.s3));
  await account.change(
    duty,
    new PutRolePolicyCommand({ RoleName: names.role, PolicyName: inlineName, PolicyDocument }),
  );
}

async function trustGrantee(account: Account, { role, principal, grantee }: RoleNames): Promise<void> {
  const PolicyDocument = textOf(trustOf(principal));
  try {
    await account.change('granter', new UpdateAssumeRolePolicyCommand({ RoleName: role, PolicyDocument }));
  } catch (error) {
    if (awsCode(error) !== 'MalformedPolicyDocument') throw error;
    throw refused(
      `AWS knows no principal ${principal}: correct "logins" of ${grantee} for ${account.call.integration.id} in the configuration.`,
      error,
    );
  }
}

/** What AWS refuses for good leaves nothing half-made. */
async function takenAway(account: Account, names: RoleNames, error: CurfewError): Promise<CurfewError> {
  const gone = await endRole(account, names).then(
    () => true,
    () => false,
  );
  return new CurfewError(error.code, error.message, { cause: error.cause, ...(gone && { mayLand: false }) });
}

/** Does AWS itself say that it does not know the role, whatever a reading of it tells? */
function isUnseen(error: CurfewError, { role }: RoleNames): boolean {
  return awsCode(error) === 'NoSuchEntity' && error.message.includes(role);
}

/** Just made, and not seen by the next request. */
function lagging({ role }: RoleNames, cause: unknown): CurfewError {
  return new CurfewError('TargetLagging', `IAM does not show the role ${role} yet.`, { cause });
}
