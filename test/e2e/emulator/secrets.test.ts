/** Nothing secret lies where it could be read later: not in the history of any execution, not in any function's log. */
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { afterAll, expect, it } from 'vitest';
import { ask, becomes, credentialsOf } from '../../support/asking.ts';
import { historyOf } from '../../support/count-transitions.ts';
import { openTarget } from '../target.ts';
import { deployed, sfn } from './hub.ts';
import { logsOfFunctions } from './logs.ts';

const target = await openTarget();
afterAll(() => target.close());

it('history and logs hold no password, no key and no token of a person', async () => {
  const secrets = [...deployed.secrets, await target.token('ana'), await target.token('adam')];
  for (const place of target.places) {
    const { id } = await ask(target, 'ana', place.offers.automatic, '10m');
    await becomes(target, id, 'active', 40);
    const { password } = await credentialsOf(target, 'ana', id);
    if (password !== undefined) secrets.push(String(password));
    await target.call('ana', 'POST', `/grants/${id}/revoke`, { reason: 'done' });
    await becomes(target, id, 'revoked', 60 + place.settleSeconds);
  }
  const said = { history: await histories(), logs: await logsOfFunctions() };
  expect(said.history).toContain('GrantAccess');
  expect(said.logs).toContain('curfew-');
  expect(secrets.filter((secret) => said.history.includes(secret) || said.logs.includes(secret))).toEqual([]);
});

/** Every execution there is, of every test so far. */
async function histories(): Promise<string> {
  const arns: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sfn.send(
      new ListExecutionsCommand({ stateMachineArn: deployed.outputs.MachineArn, nextToken }),
    );
    arns.push(...(page.executions ?? []).map(({ executionArn }) => executionArn ?? ''));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return JSON.stringify(await Promise.all(arns.map((arn) => historyOf(sfn, arn))));
}
