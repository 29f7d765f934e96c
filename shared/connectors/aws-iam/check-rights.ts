/** Has each connector role the rights of its duty? IAM tells it by simulating, so nothing is tried out for real. */
import { SimulatePrincipalPolicyCommand, type ContextEntry } from '@aws-sdk/client-iam';
import type { Check } from '../contract.ts';
import type { Account } from './account.ts';
import { connectorRoleArn, connectorRoleName, type Duty, duties } from './names.ts';
import { allPages } from './paged.ts';
import { dutyPolicy } from './permissions.ts';
import type { Statement } from './policy.ts';
import { groupsOf } from './target.ts';

export async function checkRights(account: Account): Promise<Check[]> {
  return Promise.all(
    duties.map(async (duty) => {
      const { installation } = account.call;
      const name = `rights of ${connectorRoleName(installation, duty)}`;
      const place = { account: account.target.account, installation, groups: groupsOf(account.target) };
      const lists = dutyPolicy(duty, place).Statement.map((one) => findMissing(account, duty, one));
      const missing = [...new Set((await Promise.all(lists)).flat())];
      return missing.length === 0
        ? { name, ok: true, detail: 'All that its duty needs.' }
        : { name, ok: false, detail: `It may not do ${missing.join(', ')}: deploy the target stack of this account anew.` }; // biome-ignore format: one line
    }),
  );
}

/** Each action is tried with the first resource that the statement names, and under the conditions it names. */
async function findMissing(account: Account, duty: Duty, statement: Statement): Promise<string[]> {
  const results = await allPages(
    (Marker) =>
      account.read(
        new SimulatePrincipalPolicyCommand({
          PolicySourceArn: connectorRoleArn(account.target.account, account.call.installation, duty),
          ActionNames: [statement.Action].flat(),
          ResourceArns: [statement.Resource].flat().slice(0, 1),
          ContextEntries: contextOf(statement),
          Marker,
        }),
      ),
    (page) => page.EvaluationResults,
  );
  return results
    .filter(({ EvalDecision }) => EvalDecision !== 'allowed')
    .map(({ EvalActionName }) => EvalActionName ?? 'something');
}

function contextOf({ Condition = {} }: Statement): ContextEntry[] {
  return Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([ContextKeyName, value]) => ({
      ContextKeyName,
      ContextKeyType: operator.startsWith('ForAllValues:') ? ('stringList' as const) : ('string' as const),
      ContextKeyValues: [value].flat().map((one) => one.replace(/\*$/, 'ReadOnlyAccess')),
    })),
  );
}
