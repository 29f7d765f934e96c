/** The last look before anything is changed: is it Curfew's own? IAM checks the same by the connector roles' policies. */
import { CurfewError } from '../../model/errors.ts';
import { boundaryArn, endedBoundaryArn, isGrantRole, path } from './names.ts';

type Input = Partial<
  Record<'RoleName' | 'Path' | 'PermissionsBoundary' | 'PolicyArn' | 'GroupName', unknown>
>;

/** Throws where a request would change anything but a role of a grant, the boundary's versions, or a membership. */
export function demandOurs(input: object, account: string, installation: string): void {
  const { RoleName, Path, PermissionsBoundary, PolicyArn, GroupName } = input as Input;
  const boundaries: unknown[] = [undefined, boundaryArn(account), endedBoundaryArn];
  const ours =
    RoleName !== undefined
      ? isGrantRole(RoleName, installation)
      : GroupName !== undefined || PolicyArn === boundaryArn(account);
  if (ours && (Path === undefined || Path === path) && boundaries.includes(PermissionsBoundary)) return;
  throw new CurfewError('TargetRefused', 'Curfew changes nothing but what it made for grants.', {
    mayLand: false,
  });
}
