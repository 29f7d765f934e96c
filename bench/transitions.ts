/**
 * `npm run bench:transitions`: what a grant costs in Step Functions. Deploys to the emulator, lets grants live each kind of life,
 * and counts the transitions in the histories of their executions. Prints the table of docs/performance.md.
 */
import { SFNClient } from '@aws-sdk/client-sfn';
import { tokenFrom } from '../emulator/issuer.ts';
import { ask, type Asked, becomes, decide, type Wanted } from '../test/support/asking.ts';
import { type Api, createCall } from '../test/support/call-api.ts';
import { historyOf, transitionsOf } from '../test/support/count-transitions.ts';
import { deployForTests } from '../test/support/e2e-deployment.ts';

const lifeSeconds = 10;
/** Of one state transition, in a region like eu-west-1 or us-east-1. */
const usdEach = 25e-6;

type Live = (api: Api, offer: (permission: string) => Wanted) => Promise<Asked>;

const lives: Record<string, Live> = {
  'approved at once, expires': (api, offer) => ask(api, 'ana', offer('read'), `${lifeSeconds}s`),
  'approved by a person, expires': async (api, offer) => {
    const asked = await ask(api, 'ben', offer('write'), `${lifeSeconds}s`);
    // As people do, after the execution has begun to wait.
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    await decide(api, 'dora', 'approve', asked);
    return asked;
  },
  'approved at once, ended early': async (api, offer) => {
    const asked = await ask(api, 'cleo', offer('read'), '10m');
    await becomes(api, asked.id, 'active');
    await api.call('cleo', 'POST', `/grants/${asked.id}/revoke`, { reason: 'done' });
    return asked;
  },
  'approved at once, extended, expires': async (api, offer) => {
    const asked = await ask(api, 'ana', offer('read'), `${lifeSeconds}s`, 'OPS-2: a longer look');
    await becomes(api, asked.id, 'active');
    await api.call('ana', 'POST', `/grants/${asked.id}/extend`, { duration: '5s', reason: 'more' });
    return asked;
  },
};

const { deployed, remove } = await deployForTests();
try {
  const token = (person: string) => tokenFrom(deployed.issuer, person);
  const api: Api = { token, call: createCall(() => deployed.outputs.ApiUrl, token), pollMs: 1_000 };
  const { endpoint, region, hub: credentials } = deployed;
  const sfn = new SFNClient({ endpoint, region, credentials });
  const rows = await Promise.all(
    ['orders-db/orders', 'invoices/invoices'].flatMap((place) =>
      Object.entries(lives).map(([name, live]) => row(api, sfn, place, name, live)),
    ),
  );
  const head = [
    '| target | life of a grant | transitions | USD per 1,000 | states |',
    '| --- | --- | --- | --- | --- |',
  ];
  process.stdout.write(`${[...head, ...rows].join('\n')}\n`);
} finally {
  await remove();
}

async function row(api: Api, sfn: SFNClient, place: string, name: string, live: Live): Promise<string> {
  const [integration = '', resource = ''] = place.split('/');
  const flow = (permission: string) =>
    `${integration === 'orders-db' ? 'orders' : integration}-${permission}`;
  const { id } = await live(api, (permission) => ({
    integration,
    resource,
    permission,
    flow: flow(permission),
  }));
  await becomes(api, id, 'revoked', 120);
  const { MachineArn } = deployed.outputs;
  const states = transitionsOf(
    await historyOf(sfn, `${MachineArn.replace(':stateMachine:', ':execution:')}:${id}`),
  );
  const cost = (states.length * usdEach * 1000).toFixed(3);
  return `| ${integration} | ${name} | ${states.length} | ${cost} | ${states.join(' > ')} |`;
}
