/** Nothing that is not Curfew's own is changed, whatever IAM would let us do: refused here, before anything is sent. */
import { expect, test } from 'vitest';
import { demandOurs } from '../../../shared/connectors/aws-iam/demand-ours.ts';
import { boundaryArn, endedBoundaryArn } from '../../../shared/connectors/aws-iam/names.ts';
import { account } from './aws.ts';

const demand = (input: object) => () => demandOurs(input, account, 'local');

test.each([
  { RoleName: 'local-gr_1', Path: '/curfew/', PermissionsBoundary: boundaryArn(account) },
  { RoleName: 'local-gr_1', PermissionsBoundary: endedBoundaryArn },
  { RoleName: 'local-gr_1', PolicyArn: `arn:aws:iam::${account}:policy/of-others-to-be-detached` },
  { RoleName: 'local-gr_1', InstanceProfileName: 'of-others' },
  { PolicyArn: boundaryArn(account), SetAsDefault: true },
  { GroupName: 'ops', UserName: 'mia' },
])('%j is ours', (input) => expect(demand(input)).not.toThrow());

test.each([
  {},
  { RoleName: 'Admin' },
  { RoleName: 'other-gr_1' },
  { RoleName: 'local-granter' },
  { RoleName: 'local-reader' },
  { RoleName: 'local-gr_1', Path: '/' },
  { RoleName: 'local-gr_1', Path: '/curfew/connector/' },
  { RoleName: 'local-gr_1', PermissionsBoundary: 'arn:aws:iam::aws:policy/AdministratorAccess' },
  { PolicyArn: `arn:aws:iam::${account}:policy/curfew/other` },
  { PolicyArn: boundaryArn('999988887777') },
  { UserName: 'mia' },
])('%j is not', (input) => {
  expect(demand(input)).toThrow(
    expect.objectContaining({ code: 'TargetRefused', details: { mayLand: false } }),
  );
});
