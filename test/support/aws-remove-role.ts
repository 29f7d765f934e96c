/** Deletes a role with all that hangs on it, by the account's root. */
import {
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';

export async function removeRole(root: IAMClient, RoleName: string): Promise<void> {
  const { PolicyNames: inline = [] } = await root.send(new ListRolePoliciesCommand({ RoleName }));
  for (const PolicyName of inline) await root.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  const attached = await root.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  for (const { PolicyArn } of attached.AttachedPolicies ?? [])
    await root.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
  await root.send(new DeleteRoleCommand({ RoleName }));
}
