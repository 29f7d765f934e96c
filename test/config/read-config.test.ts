/** Loading a configuration: the example is right, and every fault in another is said in one go, with its path. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { configFile } from '../../config/config-file.ts';
import { readConfig } from '../../config/read-config.ts';
import type { Offer } from '../../shared/connectors/contract.ts';
import type { CurfewError } from '../../shared/model/errors.ts';
import { temporaryFolder } from '../local/temporary-folder.ts';

const connectors = {
  postgresql: {
    target: z.strictObject({ urlSecret: z.string(), port: z.number().int().default(5432) }),
    catalog: () => [offer('read'), offer('write')],
  },
};

function offer(permission: string): Offer {
  return {
    resource: 'orders',
    resourceName: 'Orders',
    permission,
    permissionName: permission,
    mode: 'account',
  };
}

describe('the example configuration', () => {
  it('is right', async () => {
    await expect(readConfig(configFile(process.env), {})).resolves.toMatchObject({ installation: 'local' });
  });

  it('holds the people and flows that the documentation speaks of', async () => {
    const { people, flows, rights } = await readConfig(configFile(process.env), {});
    const membersOf = (group: string) =>
      people.filter((one) => one.groups.includes(group)).map((one) => one.id);
    expect(membersOf('engineers')).toEqual(['ana', 'ben', 'cleo']);
    expect([rights.admin, rights.responder, rights.auditor].map(membersOf)).toEqual([
      ['adam'],
      ['rita'],
      ['otto'],
    ]);
    expect(membersOf('data-owners')).toEqual(['dora']);
    expect(membersOf('security')).toEqual(['sam']);
    expect(people.find((one) => one.id === 'ana')).toMatchObject({
      manager: 'mia',
      logins: { 'orders-db': 'ana' },
    });
    expect(flows.map(({ id, lifetime }) => [id, lifetime.max / 60])).toEqual([
      ['orders-read', 60],
      ['orders-write', 30],
      ['orders-admin', 10],
      ['orders-oncall', 720],
    ]);
  });

  it('is replaced by the one that CURFEW_CONFIG names', () => {
    const before = process.env['CURFEW_CONFIG'];
    process.env['CURFEW_CONFIG'] = '/etc/ours.ts';
    expect(configFile(process.env)).toBe('/etc/ours.ts');
    if (before === undefined) delete process.env['CURFEW_CONFIG'];
    else process.env['CURFEW_CONFIG'] = before;
  });
});

describe('a configuration with faults', () => {
  it('is answered with every one of them and its path', async () => {
    const error = await faultsOf(`
      installation: 'Ours',
      rights: { admin: 'admins', responder: 'admins' },
      people: [{ id: 'Ana', name: '', email: 'nowhere', shoeSize: 38 }],
      integrations: [{ id: 'db', name: 'DB', kind: 'postgresql', environment: 'prod', target: { port: 'x' } }],
      flows: [
        flow, { ...flow, id: 'b', approval: { anyOf: [] } },
        { ...flow, id: 'c', lifetime: { default: '2h', max: '90 minutes' }, approval: { allOf: [{ group: 'A B' }] } },
      ],
    `);
    expect(error.details.errors).toEqual([
      { path: 'installation', message: 'must be 2-12 lower-case letters or digits' },
      { path: 'rights.auditor', message: 'is missing' },
      { path: 'people[0].id', message: expect.stringContaining('must be 1-63 lower-case letters') },
      { path: 'people[0].name', message: 'must have at least 1 character' },
      { path: 'people[0].email', message: 'must be an e-mail address' },
      { path: 'people[0].shoeSize', message: 'is not a known field' },
      { path: 'flows[1].approval.anyOf', message: 'must have at least 1 entry' },
      {
        path: 'flows[2].approval.allOf[0].group',
        message: expect.stringContaining('must be 1-63 lower-case'),
      },
      { path: 'flows[2].lifetime.max', message: expect.stringContaining('must be a duration such as 90s') },
      { path: 'integrations[0].target.urlSecret', message: 'is missing' },
      { path: 'integrations[0].target.port', message: 'must be a number' },
    ]);
  });

  it('says what does not fit together once the parts are right', async () => {
    const error = await faultsOf(`
      people: [{ id: 'ana', name: 'Ana', email: 'ana@example.com', manager: 'eve', groups: ['ghosts'] }],
      flows: [{ ...flow, requesters: [{ group: 'ghosts' }] }, { ...flow, extendWithoutApproval: '5m' }],
    `);
    expect(error.details.errors?.map((fault) => fault.path)).toEqual([
      'flows[1].id',
      'people[0].manager',
      'people[0].groups[0]',
      'flows[0].requesters[0].group',
      'flows[1].extendWithoutApproval',
    ]);
  });

  it('shows a line for each fault, and no stack of calls', async () => {
    const { message } = await faultsOf(`installation: 'X', people: 5`);
    expect(message.split('\n')).toEqual([
      expect.stringMatching(/faulty.ts has 2 faults:$/),
      '  installation: must be 2-12 lower-case letters or digits',
      '  people: must be a list',
    ]);
  });

  it('is named as a whole when it is none', async () => {
    const path = await file('export default 5;');
    await expect(readConfig(path, {})).rejects.toMatchObject({
      message: expect.stringContaining('must be an object'),
    });
  });

  it.each([
    ['throws', '\nthrow new Error("no luck");', 'line 2): no luck'],
    ['is no code', 'export default {{', 'cannot be loaded'],
  ])('says why it cannot be loaded when it %s', async (_what, text, why) => {
    await expect(readConfig(await file(text), {})).rejects.toMatchObject({
      code: 'Malformed',
      message: expect.stringContaining(why),
    });
  });

  it('says so when it is not there', async () => {
    await expect(readConfig('/nowhere/curfew.config.ts', {})).rejects.toMatchObject({
      code: 'Malformed',
      message: expect.stringContaining('is not there'),
    });
  });
});

it('names a flow over what no integration offers', async () => {
  const over = (resource: string, permission: string) =>
    `{ ...flow, entitlements: [{ integration: 'db', resource: '${resource}', permission: '${permission}' }] }`;
  const error = await faultsOf(
    `flows: [${over('orders', 'read')}, { ...${over('orders', 'nope')}, id: 'b' }]`,
  );
  expect(error.details.errors).toEqual([
    { path: 'flows[1].entitlements[0]', message: 'db does not offer orders/nope' },
  ]);
});

it('fills in what a connector has a default for', async () => {
  const path = await file(whole(''));
  const { integrations } = await readConfig(path, connectors);
  expect(integrations[0]?.target).toEqual({ urlSecret: 'db', port: 5432 });
});

async function faultsOf(change: string): Promise<CurfewError> {
  const path = await file(whole(change));
  return readConfig(path, connectors).then(
    () => expect.fail('it was taken for a right one'),
    (error: unknown) => error as CurfewError,
  );
}

/** A right configuration with some fields changed. */
function whole(change: string): string {
  return `
    const flow = { id: 'a', name: 'A', entitlements: [{}], lifetime: { default: '5m', max: '1h' } };
    export default {
      installation: 'ours',
      rights: { admin: 'admins', responder: 'admins', auditor: 'admins' },
      groups: [{ id: 'admins', name: 'Admins' }],
      people: [{ id: 'ana', name: 'Ana', email: 'ana@example.com' }],
      integrations: [{ id: 'db', name: 'DB', kind: 'postgresql', environment: 'prod', target: { urlSecret: 'db' } }],
      flows: [flow],
      ${change}
    };`;
}

async function file(text: string): Promise<string> {
  const path = join(await temporaryFolder(), 'faulty.ts');
  await writeFile(path, text);
  return path;
}
