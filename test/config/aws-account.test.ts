/** `npm start -- --aws` adds an account to whatever configuration there is, before it is checked. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withAwsAccount } from '../../config/aws-account.ts';
import example from '../../config/curfew.config.ts';
import { readConfig } from '../../config/read-config.ts';
import { createConnectors } from '../../shared/connectors/registry.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const account = { account: '123456789012', region: 'eu-central-1', buckets: ['reports', 'invoices'] };
const connectors = createConnectors({ secrets: { get: async () => '' }, clock: createVirtualClock() });
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curfew-config-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** As `npm start` reads it. */
async function read(written: unknown, aws = account) {
  const file = join(folder, `${Math.random()}.mjs`);
  await writeFile(file, `export default ${JSON.stringify(written)}`);
  return readConfig(file, connectors, (value) => withAwsAccount(value, aws));
}

describe('a configuration with an AWS account added', () => {
  test('offers its buckets and its S3, each by a flow', async () => {
    const config = await read(example);
    const added = config.integrations.find((one) => one.kind === 'aws-iam');
    expect(added).toMatchObject({
      id: 'aws-account',
      target: { account: '123456789012', region: 'eu-central-1', externalId: 'curfew-local-123456789012' },
    });
    const offers = added && connectors['aws-iam']?.catalog(added);
    expect(offers?.map(({ resource, permission }) => `${resource}/${permission}`)).toEqual([
      'account/s3-read',
      'reports/read',
      'reports/write',
      'invoices/read',
      'invoices/write',
    ]);
    const flows = config.flows.filter(({ id }) => id.startsWith('aws-'));
    expect(flows.map(({ id, approval }) => [id, approval])).toEqual([
      ['aws-read', undefined],
      ['aws-change', { anyOf: [{ group: 'admins' }] }],
    ]);
  });

  test('is right without a bucket, too', async () => {
    const config = await read(example, { ...account, buckets: [] });
    expect(config.flows.map(({ id }) => id)).toContain('aws-change');
    expect(config.flows.map(({ id }) => id)).not.toContain('aws-read');
  });

  test('takes everybody for the IAM user of their name, unless they say otherwise', async () => {
    const [ana, ...others] = example.people;
    const role = 'arn:aws:iam::123456789012:role/engineers/ana';
    const written = { ...example, people: [{ ...ana, logins: { 'aws-account': role } }, ...others] };
    const { people } = await read(written);
    expect(people[0]?.logins['aws-account']).toBe(role);
    expect(people[1]?.logins).toEqual({
      'orders-db': 'ben',
      'aws-account': 'arn:aws:iam::123456789012:user/ben',
    });
  });

  test('keeps the account that it has already', () => {
    const own = { id: 'own', name: 'Own', kind: 'aws-iam', environment: 'production', target: {} };
    const written = { ...example, integrations: [own] };
    expect(withAwsAccount(written, account)).toBe(written);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'text'],
    ['an empty object', {}],
    ['flows that are no list', { ...example, flows: 'none' }],
  ])('leaves what is none to the check: %s', (_, written) =>
    expect(withAwsAccount(written, account)).toBe(written),
  );

  test('has its faults named where the person wrote them', async () => {
    const written = { ...example, people: [null], flows: [{ id: 'x' }] };
    await expect(read(written)).rejects.toMatchObject({
      code: 'Malformed',
      message: expect.stringContaining('flows[0].name'),
    });
  });
});
