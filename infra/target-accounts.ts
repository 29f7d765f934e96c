/** The AWS accounts that the configuration has as targets, each once, with what their connector roles must know. */
import { AwsIamTarget, groupsOf } from '../shared/connectors/aws-iam/target.ts';
import type { Config } from '../shared/model/config.ts';

export interface TargetAccount {
  account: string;
  region: string;
  /** The first integration that names it. */
  integration: string;
  externalIds: string[];
  groups: string[];
}

export function targetAccountsOf({ integrations }: Config): TargetAccount[] {
  const accounts = new Map<string, TargetAccount>();
  for (const { id, kind, target } of integrations) {
    if (kind !== 'aws-iam') continue;
    const { account, region, externalId, ...rest } = AwsIamTarget.parse(target);
    const groups = groupsOf({ account, region, externalId, ...rest });
    const known = accounts.get(account) ?? { account, region, integration: id, externalIds: [], groups: [] };
    accounts.set(account, {
      ...known,
      externalIds: [...known.externalIds, externalId],
      groups: [...new Set([...known.groups, ...groups])],
    });
  }
  return [...accounts.values()];
}
