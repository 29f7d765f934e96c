/** The names and ARNs of all that Curfew has in a target account. Nothing outside these is ever touched, groups and users apart. */
import { refused } from './refused.ts';

/** Everything of Curfew's is below it. */
export const path = '/curfew/';
const connectorPath = '/curfew/connector/';
/** The one inline policy of a role made for a grant. */
export const inlineName = 'curfew';
export const boundaryName = 'curfew-boundary';
/** AWS's own policy that denies everything: the boundary of a role that is being ended. */
export const endedBoundaryArn = 'arn:aws:iam::aws:policy/AWSDenyAll';

/** Four connector roles, so that no function of ours has more rights than its duty: docs/connectors/aws-iam.md. */
export const duties = ['reader', 'granter', 'extender', 'revoker'] as const;
export type Duty = (typeof duties)[number];

export function boundaryArn(account: string): string {
  return `arn:aws:iam::${account}:policy${path}${boundaryName}`;
}

export function connectorRoleName(installation: string, duty: Duty): string {
  return `${installation}-${duty}`;
}

export function connectorRoleArn(account: string, installation: string, duty: Duty): string {
  return `arn:aws:iam::${account}:role${connectorPath}${connectorRoleName(installation, duty)}`;
}

/** The role made for one grant. Throws `TargetRefused` where IAM could not hold the name whole. */
export function roleName(installation: string, grantId: string): string {
  const name = `${installation}-${grantId}`;
  if (!/^[a-z0-9]{2,12}-[A-Za-z0-9_]{1,51}$/.test(name))
    throw refused(`"${name}" is no name for a role: IAM takes at most 64 letters and digits.`);
  if (!isGrantRole(name, installation)) throw refused(`"${name}" is the name of a connector role.`);
  return name;
}

/** Is it a role of a grant by its name: of this installation, and none of the connector's? */
export function isGrantRole(name: unknown, installation: string): boolean {
  if (typeof name !== 'string' || !name.startsWith(`${installation}-`)) return false;
  return !duties.some((duty) => name === connectorRoleName(installation, duty));
}

export function roleArn(account: string, name: string): string {
  return `arn:aws:iam::${account}:role${path}${name}`;
}

/** Every role that grants of this installation have, as a pattern. */
export function roleArns(account: string, installation: string): string {
  return roleArn(account, `${installation}-*`);
}

const principal =
  /^arn:aws:(iam::\d{12}:(user|role)\/[\w+=,.@/-]{1,576}|sts::\d{12}:assumed-role\/[\w+=,.@-]{1,64}\/[\w+=,.@-]{2,64})$/;

/** May a role trust it? One user, one role, or one named session of a role; never an account, never everybody. */
export function isPrincipal(arn: string): boolean {
  return principal.test(arn);
}

/** The user's name, where the ARN is one of a user of this account. */
export function userNameOf(arn: string, account: string): string | undefined {
  const found = /^arn:aws:iam::(\d{12}):user\/(?:[\w+=,.@-]+\/)*([\w+=,.@-]{1,64})$/.exec(arn);
  return found?.[1] === account ? found[2] : undefined;
}
