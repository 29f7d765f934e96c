/** Least privilege by execution: with a function's own credentials, what its row of the rights table allows works, and nothing else. */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { functionNames } from '../../../infra/function-names.ts';
import { rights } from '../../../infra/rights.ts';
import { keys } from '../../../shared/model/keys.ts';
import { ask } from '../../support/asking.ts';
import { until } from '../../support/until.ts';
import { orders } from '../places/orders-db.ts';
import { openTarget } from '../target.ts';
import { attemptsOf, byLambdaAlone, call, isDenied } from './attempts.ts';
import { credentialsOfFunction } from './function-credentials.ts';
import { deployed, itemOf } from './hub.ts';

const target = await openTarget();
let taskToken: string;
beforeAll(async () => {
  const { id } = await ask(target, 'ana', orders('write', 'orders-write'), '5m');
  await until(async () => (taskToken = (await itemOf(keys.token(id)))?.['token']) !== undefined, 30, 500);
});
afterAll(() => target.close());

it.concurrent.each(functionNames)(
  '%s may do what its row says, and is denied everything else',
  async (name) => {
    const functionName = `curfew-${deployed.stage}-${name}`;
    // The emulator knows a function's credentials from its first run on.
    await call(deployed.hub, name);
    const credentials = credentialsOfFunction(name);
    const sts = new STSClient({ endpoint: deployed.endpoint, region: deployed.region, credentials });
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toContain(
      `:assumed-role/${functionName}/`,
    );

    const expected = rights[name].filter((right) => !byLambdaAlone.includes(right));
    const allowed: string[] = [];
    for (const [right, attempt] of Object.entries(attemptsOf(taskToken)))
      if (!(await isDenied(attempt, credentials))) allowed.push(right);
    expect(allowed.toSorted()).toEqual(expected.toSorted());
  },
);
