/** Looks for the role of a grant, and says whether what is there is Curfew's. */
import { GetRoleCommand, type Role } from '@aws-sdk/client-iam';
import type { Account } from './account.ts';
import { boundaryArn, endedBoundaryArn, path } from './names.ts';
import { parseDocument } from './policy.ts';
import type { RoleNames } from './role-names.ts';
import { awsCode } from './translate-error.ts';

export interface FoundRole {
  arn: string;
  /** Below Curfew's path: nobody else makes anything there. */
  ours: boolean;
  /** Marked with this very grant. */
  marked: boolean;
  /** `bounded`: it carries the boundary. `ended`: it is being ended. `unbounded`: somebody took the boundary away or changed it. */
  state: 'bounded' | 'ended' | 'unbounded';
  /** Who may assume it. A principal that was deleted is shown by an id, not by its ARN. */
  trusts: string;
  createdAt: string | undefined;
}

/** Undefined where no role of that name is there. */
export async function findRole(account: Account, names: RoleNames): Promise<FoundRole | undefined> {
  try {
    const { Role } = await account.read(new GetRoleCommand({ RoleName: names.role }));
    return Role && describe(Role, names);
  } catch (error) {
    if (awsCode(error) === 'NoSuchEntity') return undefined;
    throw error;
  }
}

function describe(role: Role, names: RoleNames): FoundRole {
  const tags = new Map(role.Tags?.map(({ Key, Value }) => [Key, Value]));
  const boundary = role.PermissionsBoundary?.PermissionsBoundaryArn;
  const bounded = boundary === boundaryArn(names.account);
  return {
    arn: role.Arn ?? names.role,
    ours: role.Path === path,
    marked: tags.get('curfew:grant') === names.grantId,
    state: bounded ? 'bounded' : boundary === endedBoundaryArn ? 'ended' : 'unbounded',
    trusts: trustedBy(role.AssumeRolePolicyDocument),
    createdAt: role.CreateDate?.toISOString(),
  };
}

function trustedBy(encoded: string | undefined): string {
  const document = parseDocument(encoded) as
    | { Statement?: { Effect?: string; Principal?: { AWS?: string | string[] } }[] }
    | undefined;
  const statements = Array.isArray(document?.Statement) ? document.Statement : [];
  const allowed = statements.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Principal }) => Principal?.AWS ?? 'others'); // biome-ignore format: one line
  return allowed.length > 0 ? allowed.join(', ') : 'nobody';
}
