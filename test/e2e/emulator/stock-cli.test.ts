/** What AWS's own command line reads in the target account: the role of a grant while it lives, and nothing of it afterwards. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { ask, becomes } from '../../support/asking.ts';
import { openTarget } from '../target.ts';
import { deployed } from './hub.ts';

const run = promisify(execFile);
const target = await openTarget();
afterAll(() => target.close());

const there = await run('aws', ['--version']).then(
  () => true,
  () => false,
);
if (!there)
  process.stderr.write(
    '\n*** NOT TESTED: IAM as the AWS CLI reads it, for there is no `aws` on PATH. ***\n\n',
  );

it.skipIf(!there)(
  'shows the role of a grant with its boundary and its end, and none after a revoke',
  async () => {
    const place = target.places.find(({ name }) => name === 'invoices');
    if (!place) throw new Error('there is no place with roles');
    const { id } = await ask(target, 'ben', place.offers.automatic, '10m');
    await becomes(target, id, 'active', 40);
    const roleName = `e2e-${id}`;
    const { Role: role } = await aws('iam', 'get-role', '--role-name', roleName);
    expect(role).toMatchObject({
      Path: '/curfew/',
      PermissionsBoundary: {
        PermissionsBoundaryArn: `arn:aws:iam::${deployed.account}:policy/curfew/curfew-boundary`,
      },
    });
    expect(JSON.stringify(role.AssumeRolePolicyDocument)).toContain(
      `arn:aws:iam::${deployed.account}:user/ben`,
    );
    const { PolicyNames } = await aws('iam', 'list-role-policies', '--role-name', roleName);
    const documents = await Promise.all(
      PolicyNames.map((name: string) =>
        aws('iam', 'get-role-policy', '--role-name', roleName, '--policy-name', name),
      ),
    );
    expect(JSON.stringify(documents)).toContain('DateGreaterThanEquals');
    await target.call('ben', 'POST', `/grants/${id}/revoke`, { reason: 'done' });
    await becomes(target, id, 'revoked', 60 + place.settleSeconds);
    await expect(aws('iam', 'get-role', '--role-name', roleName)).rejects.toThrow('NoSuchEntity');
  },
);

async function aws(...words: string[]): Promise<Record<string, any>> {
  const args = [
    ...words,
    '--endpoint-url',
    deployed.endpoint,
    '--region',
    deployed.region,
    '--output',
    'json',
  ];
  const env = {
    PATH: process.env['PATH'],
    AWS_ACCESS_KEY_ID: deployed.account,
    AWS_SECRET_ACCESS_KEY: 'root',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const { stdout } = await run('aws', args, { env });
  return JSON.parse(stdout) as Record<string, any>;
}
